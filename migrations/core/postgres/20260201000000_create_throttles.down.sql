DROP TABLE auth.throttles;
