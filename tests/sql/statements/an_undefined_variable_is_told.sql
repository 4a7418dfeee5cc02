--@test: An undefined variable is told
--@expected.message: no variable `nothing` is defined
SHOW ${nothing};
