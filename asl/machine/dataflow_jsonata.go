package machine

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

func compileJSONataFlow(c *compiler, st *state) {
	c.fail("QueryLanguage", "JSONata is not supported yet")
}
func compileJSONataRule(c *compiler, r *asl.ChoiceRule) (rule, ruleFlow) { return nil, nil }
func compileJSONataItems(c *compiler) mapItems                           { return nil }
func (c *compiler) scalar(f string, v value.Value) operand               { return literal{v} }
func (c *compiler) credentials() *template                               { return c.template("Credentials") }
