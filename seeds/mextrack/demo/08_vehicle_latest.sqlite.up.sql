-- The newest position of each demo vehicle, by the rule of the application: newer wins, and nothing goes back. A second
-- run finds equal rows and changes none.
INSERT INTO vehicle_latest AS l (
    vehicle_id, fleet_id, recorded_at, seq, received_at, device_id, lat_e7, lon_e7, speed_cms, heading_cdeg, altitude_m,
    accuracy_dm, flags, attrs
)
SELECT
    v.id, v.fleet_id, t.recorded_at, t.seq, t.received_at, t.device_id, t.lat_e7, t.lon_e7, t.speed_cms, t.heading_cdeg,
    t.altitude_m, t.accuracy_dm, t.flags, t.attrs
FROM fleets AS f
JOIN vehicles AS v ON v.fleet_id = f.id
JOIN tracking_data AS t ON t.vehicle_id = v.id
    AND (t.recorded_at, t.seq) = (
        SELECT d.recorded_at, d.seq FROM tracking_data AS d
        WHERE d.vehicle_id = v.id
        ORDER BY d.recorded_at DESC, d.seq DESC
        LIMIT 1
    )
WHERE f.code = 'demo'
ORDER BY v.id
ON CONFLICT (vehicle_id) DO UPDATE SET
    fleet_id = excluded.fleet_id,
    recorded_at = excluded.recorded_at,
    seq = excluded.seq,
    received_at = excluded.received_at,
    device_id = excluded.device_id,
    lat_e7 = excluded.lat_e7,
    lon_e7 = excluded.lon_e7,
    speed_cms = excluded.speed_cms,
    heading_cdeg = excluded.heading_cdeg,
    altitude_m = excluded.altitude_m,
    accuracy_dm = excluded.accuracy_dm,
    flags = excluded.flags,
    attrs = excluded.attrs
WHERE (l.recorded_at, l.seq) < (excluded.recorded_at, excluded.seq);
