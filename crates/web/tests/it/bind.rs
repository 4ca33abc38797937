//! Taking a port, or saying why not.

use atriz_web::{BindError, bind};

use crate::support::free_port;

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = free_port().await;
    let address = taken.local_addr().unwrap();
    let err = bind(address).await.unwrap_err();
    assert!(matches!(err, BindError::InUse(at) if at == address), "{err:?}");
    assert_eq!(err.to_string(), format!("port {} is already in use on 127.0.0.1", address.port()));
    assert!(err.hint().contains("PORT"));
}

#[tokio::test]
async fn an_address_of_another_machine_is_named() {
    // 192.0.2.0/24 is kept for documentation: no machine has it.
    let err = bind(([192, 0, 2, 1], 0).into()).await.unwrap_err();
    assert_eq!(err.to_string(), "192.0.2.1 is not an address of this machine (port 0)");
    assert!(err.hint().contains("127.0.0.1"));
}

#[tokio::test]
async fn a_port_is_free_again_when_its_listener_is_gone() {
    let listener = free_port().await;
    let address = listener.local_addr().unwrap();
    drop(listener);
    bind(address).await.unwrap();
}
