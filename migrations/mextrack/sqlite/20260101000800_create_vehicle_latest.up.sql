-- One row per vehicle, so that the live map never searches the positions. It is rewritten with every newer fix: no
-- index holds a column that changes, and pages keep room for the new row.
CREATE TABLE vehicle_latest (
    vehicle_id BLOB NOT NULL CONSTRAINT ck_vehicle_latest_vehicle_id_type CHECK (length(vehicle_id) = 16),
    fleet_id BLOB NOT NULL CONSTRAINT ck_vehicle_latest_fleet_id_type CHECK (length(fleet_id) = 16),
    recorded_at TEXT NOT NULL
        CONSTRAINT ck_vehicle_latest_recorded_at_type CHECK (recorded_at GLOB '????-??-??T??:??:??*+00:00'),
    seq INTEGER NOT NULL,
    received_at TEXT NOT NULL
        CONSTRAINT ck_vehicle_latest_received_at_type CHECK (received_at GLOB '????-??-??T??:??:??*+00:00'),
    device_id BLOB CONSTRAINT ck_vehicle_latest_device_id_type CHECK (length(device_id) = 16),
    lat_e7 INTEGER NOT NULL,
    lon_e7 INTEGER NOT NULL,
    speed_cms INTEGER,
    heading_cdeg INTEGER,
    altitude_m INTEGER,
    accuracy_dm INTEGER,
    flags INTEGER NOT NULL,
    attrs TEXT CONSTRAINT ck_vehicle_latest_attrs_type CHECK (attrs IS NULL OR json_valid(attrs)),
    trip_state TEXT CONSTRAINT ck_vehicle_latest_trip_state_type CHECK (trip_state IS NULL OR json_valid(trip_state)),
    CONSTRAINT pk_vehicle_latest PRIMARY KEY (vehicle_id),
    CONSTRAINT fk_vehicle_latest_vehicles FOREIGN KEY (vehicle_id) REFERENCES vehicles (id) ON DELETE CASCADE,
    CONSTRAINT fk_vehicle_latest_fleets FOREIGN KEY (fleet_id) REFERENCES fleets (id) ON DELETE NO ACTION,
    CONSTRAINT ck_vehicle_latest_seq CHECK (seq >= 0),
    CONSTRAINT ck_vehicle_latest_lat_e7 CHECK (lat_e7 BETWEEN -900000000 AND 900000000),
    CONSTRAINT ck_vehicle_latest_lon_e7 CHECK (lon_e7 BETWEEN -1800000000 AND 1800000000),
    CONSTRAINT ck_vehicle_latest_speed_cms CHECK (speed_cms >= 0),
    CONSTRAINT ck_vehicle_latest_heading_cdeg CHECK (heading_cdeg BETWEEN 0 AND 35999),
    CONSTRAINT ck_vehicle_latest_accuracy_dm CHECK (accuracy_dm >= 0),
    CONSTRAINT ck_vehicle_latest_flags CHECK (flags >= 0)
) STRICT;

CREATE INDEX idx_vehicle_latest_fleet_id ON vehicle_latest (fleet_id);
