DROP TABLE fleet.device_bindings;
DROP FUNCTION fleet.refuse_device_overlap();
