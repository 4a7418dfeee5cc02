--@test: Unset needs what is set
--@expected.message: is not set
UNSET 'no.such.property';
