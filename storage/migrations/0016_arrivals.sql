-- One index less for each activity from outside, which is written when it has been handled: what is old is found by its
-- id, which tells when it came.
--
-- The previous release finds it by the primary key too, only slower.
drop index activities_in_ended_at;
