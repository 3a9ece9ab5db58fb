package lambda

// A guard has nothing to do here: a job ends with the process that has made it.
type guard struct{}

func (*guard) add(group) {}

func (*guard) remove(group) {}

func (*guard) close() {}
