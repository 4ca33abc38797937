-- Facts that never change: the natural key lets a batch be sent any number of times. Nothing refers to this table, and
-- vehicle_id leads its key, so it can be distributed later without a new key.
CREATE TABLE tracking_data (
    vehicle_id BLOB NOT NULL CONSTRAINT ck_tracking_data_vehicle_id_type CHECK (length(vehicle_id) = 16),
    recorded_at TEXT NOT NULL
        CONSTRAINT ck_tracking_data_recorded_at_type CHECK (recorded_at GLOB '????-??-??T??:??:??*+00:00'),
    seq INTEGER NOT NULL,
    received_at TEXT NOT NULL
        CONSTRAINT ck_tracking_data_received_at_type CHECK (received_at GLOB '????-??-??T??:??:??*+00:00'),
    device_id BLOB CONSTRAINT ck_tracking_data_device_id_type CHECK (length(device_id) = 16),
    lat_e7 INTEGER NOT NULL,
    lon_e7 INTEGER NOT NULL,
    speed_cms INTEGER,
    heading_cdeg INTEGER,
    altitude_m INTEGER,
    accuracy_dm INTEGER,
    flags INTEGER NOT NULL,
    attrs TEXT CONSTRAINT ck_tracking_data_attrs_type CHECK (attrs IS NULL OR json_valid(attrs)),
    CONSTRAINT pk_tracking_data PRIMARY KEY (vehicle_id, recorded_at, seq),
    CONSTRAINT fk_tracking_data_vehicles FOREIGN KEY (vehicle_id) REFERENCES vehicles (id) ON DELETE NO ACTION,
    CONSTRAINT ck_tracking_data_seq CHECK (seq >= 0),
    CONSTRAINT ck_tracking_data_lat_e7 CHECK (lat_e7 BETWEEN -900000000 AND 900000000),
    CONSTRAINT ck_tracking_data_lon_e7 CHECK (lon_e7 BETWEEN -1800000000 AND 1800000000),
    CONSTRAINT ck_tracking_data_speed_cms CHECK (speed_cms >= 0),
    CONSTRAINT ck_tracking_data_heading_cdeg CHECK (heading_cdeg BETWEEN 0 AND 35999),
    CONSTRAINT ck_tracking_data_accuracy_dm CHECK (accuracy_dm >= 0),
    CONSTRAINT ck_tracking_data_flags CHECK (flags >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_tracking_data_received_at ON tracking_data (received_at);
