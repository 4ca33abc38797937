DROP TABLE app.user_profiles;
