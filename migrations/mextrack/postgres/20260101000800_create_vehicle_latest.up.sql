-- One row per vehicle, so that the live map never searches the positions. It is rewritten with every newer fix: no
-- index holds a column that changes, and pages keep room for the new row.
CREATE TABLE fleet.vehicle_latest (
    vehicle_id uuid NOT NULL,
    fleet_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    seq integer NOT NULL,
    received_at timestamptz NOT NULL,
    device_id uuid,
    lat_e7 integer NOT NULL,
    lon_e7 integer NOT NULL,
    speed_cms integer,
    heading_cdeg integer,
    altitude_m integer,
    accuracy_dm integer,
    flags integer NOT NULL,
    attrs jsonb,
    trip_state jsonb,
    CONSTRAINT pk_vehicle_latest PRIMARY KEY (vehicle_id),
    CONSTRAINT fk_vehicle_latest_vehicles FOREIGN KEY (vehicle_id) REFERENCES fleet.vehicles (id) ON DELETE CASCADE,
    CONSTRAINT fk_vehicle_latest_fleets FOREIGN KEY (fleet_id) REFERENCES fleet.fleets (id) ON DELETE RESTRICT,
    CONSTRAINT ck_vehicle_latest_seq CHECK (seq >= 0),
    CONSTRAINT ck_vehicle_latest_lat_e7 CHECK (lat_e7 BETWEEN -900000000 AND 900000000),
    CONSTRAINT ck_vehicle_latest_lon_e7 CHECK (lon_e7 BETWEEN -1800000000 AND 1800000000),
    CONSTRAINT ck_vehicle_latest_speed_cms CHECK (speed_cms >= 0),
    CONSTRAINT ck_vehicle_latest_heading_cdeg CHECK (heading_cdeg BETWEEN 0 AND 35999),
    CONSTRAINT ck_vehicle_latest_accuracy_dm CHECK (accuracy_dm >= 0),
    CONSTRAINT ck_vehicle_latest_flags CHECK (flags >= 0)
) WITH (fillfactor = 70);

CREATE INDEX idx_vehicle_latest_fleet_id ON fleet.vehicle_latest (fleet_id);

COMMENT ON TABLE fleet.vehicle_latest IS 'The newest position of each vehicle; derived from tracking_data.';
COMMENT ON COLUMN fleet.vehicle_latest.vehicle_id IS 'The vehicle.';
COMMENT ON COLUMN fleet.vehicle_latest.fleet_id IS 'The vehicle''s fleet, copied so that a fleet is read at once.';
COMMENT ON COLUMN fleet.vehicle_latest.recorded_at IS 'When the tracker took the fix, UTC; never goes back.';
COMMENT ON COLUMN fleet.vehicle_latest.seq IS 'Sequence number of the fix; breaks ties of recorded_at.';
COMMENT ON COLUMN fleet.vehicle_latest.received_at IS 'When the position arrived, UTC.';
COMMENT ON COLUMN fleet.vehicle_latest.device_id IS 'The tracker that sent the fix.';
COMMENT ON COLUMN fleet.vehicle_latest.lat_e7 IS 'Latitude in ten-millionths of a degree.';
COMMENT ON COLUMN fleet.vehicle_latest.lon_e7 IS 'Longitude in ten-millionths of a degree.';
COMMENT ON COLUMN fleet.vehicle_latest.speed_cms IS 'Speed in centimetres per second.';
COMMENT ON COLUMN fleet.vehicle_latest.heading_cdeg IS 'Direction in hundredths of a degree, clockwise from north.';
COMMENT ON COLUMN fleet.vehicle_latest.altitude_m IS 'Height above the sea in metres.';
COMMENT ON COLUMN fleet.vehicle_latest.accuracy_dm IS 'Radius of uncertainty in decimetres.';
COMMENT ON COLUMN fleet.vehicle_latest.flags IS 'Bit set of what the tracker said, such as ignition.';
COMMENT ON COLUMN fleet.vehicle_latest.attrs IS 'Whatever else the tracker sent.';
COMMENT ON COLUMN fleet.vehicle_latest.trip_state IS 'What the trip builder has to remember until the next fix.';
