DROP TABLE device_bindings;
