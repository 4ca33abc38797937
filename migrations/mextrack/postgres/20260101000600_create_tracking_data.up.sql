-- Facts that never change: the natural key lets a batch be sent any number of times. Nothing refers to this table, and
-- vehicle_id leads its key, so it can be distributed later without a new key.
CREATE TABLE fleet.tracking_data (
    vehicle_id uuid NOT NULL,
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
    CONSTRAINT pk_tracking_data PRIMARY KEY (vehicle_id, recorded_at, seq),
    CONSTRAINT fk_tracking_data_vehicles FOREIGN KEY (vehicle_id) REFERENCES fleet.vehicles (id) ON DELETE RESTRICT,
    CONSTRAINT ck_tracking_data_seq CHECK (seq >= 0),
    CONSTRAINT ck_tracking_data_lat_e7 CHECK (lat_e7 BETWEEN -900000000 AND 900000000),
    CONSTRAINT ck_tracking_data_lon_e7 CHECK (lon_e7 BETWEEN -1800000000 AND 1800000000),
    CONSTRAINT ck_tracking_data_speed_cms CHECK (speed_cms >= 0),
    CONSTRAINT ck_tracking_data_heading_cdeg CHECK (heading_cdeg BETWEEN 0 AND 35999),
    CONSTRAINT ck_tracking_data_accuracy_dm CHECK (accuracy_dm >= 0),
    CONSTRAINT ck_tracking_data_flags CHECK (flags >= 0)
) PARTITION BY RANGE (recorded_at);

CREATE INDEX idx_tracking_data_received_at ON fleet.tracking_data USING brin (received_at);

COMMENT ON TABLE fleet.tracking_data IS 'Positions as the trackers reported them.';
COMMENT ON COLUMN fleet.tracking_data.vehicle_id IS 'The vehicle that carried the tracker at that time.';
COMMENT ON COLUMN fleet.tracking_data.recorded_at IS 'When the tracker took the fix, UTC.';
COMMENT ON COLUMN fleet.tracking_data.seq IS
    'The tracker''s sequence number, else a 31-bit hash of the fix: a resend collapses, two fixes at once do not.';
COMMENT ON COLUMN fleet.tracking_data.received_at IS 'When the position arrived, UTC.';
COMMENT ON COLUMN fleet.tracking_data.device_id IS
    'The tracker; NULL for a fix from elsewhere, such as an imported track.';
COMMENT ON COLUMN fleet.tracking_data.lat_e7 IS 'Latitude in ten-millionths of a degree.';
COMMENT ON COLUMN fleet.tracking_data.lon_e7 IS 'Longitude in ten-millionths of a degree.';
COMMENT ON COLUMN fleet.tracking_data.speed_cms IS 'Speed in centimetres per second.';
COMMENT ON COLUMN fleet.tracking_data.heading_cdeg IS 'Direction in hundredths of a degree, clockwise from north.';
COMMENT ON COLUMN fleet.tracking_data.altitude_m IS 'Height above the sea in metres.';
COMMENT ON COLUMN fleet.tracking_data.accuracy_dm IS 'Radius of uncertainty in decimetres.';
COMMENT ON COLUMN fleet.tracking_data.flags IS 'Bit set of what the tracker said, such as ignition.';
COMMENT ON COLUMN fleet.tracking_data.attrs IS 'Whatever else the tracker sent.';

-- A position whose month has no partition yet is kept here and moves when the partition is made: none is ever refused.
CREATE TABLE fleet.tracking_data_default PARTITION OF fleet.tracking_data DEFAULT;
COMMENT ON TABLE fleet.tracking_data_default IS
    'Positions of months that have no partition of their own; should be empty.';
