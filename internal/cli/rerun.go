package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// rerunner is the rerun command.
type rerunner struct {
	waiter
	from, input, name string
	wait              bool
}

func newRerun() *cobra.Command {
	r := &rerunner{}
	c := &cobra.Command{
		Use:   "rerun EXECUTION",
		Short: "Start an execution like another one, or from one of its states on",
		Long: `Start a new execution like one that a server has, and print its ARN: of the same state machine, version or alias, with the same input if --input
does not give another one. With --from it runs the definition that the other one ran, and tasks of states before STATE get the results that they had
there instead of being called; the state must not be in a branch or an iteration, and of several visits the last one counts. With --wait the output is
printed when it has ended; the exit codes are those of aslocal start. It needs a server that aslocal serve has started.

` + namesHelp,
		Example: `  aslocal rerun order-17
  aslocal rerun order-17 --from Charge --wait
  aslocal rerun order --input '{"total": 43}' --name order-18`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return r.run(c, args[0]) },
	}
	r.flags(c)
	c.ValidArgsFunction = r.completeExecutions
	c.Flags().StringVar(&r.from, "from", "", "`STATE` from which on tasks are called")
	c.Flags().StringVarP(&r.input, "input", "i", "", "input, that of the other one if not set: "+inputUsage)
	c.Flags().StringVar(&r.name, "name", "", "`name` of the execution; a random one if not set")
	c.Flags().BoolVarP(&r.wait, "wait", "w", false, "wait for the end and print the output")
	r.waitFlags(c)
	return c
}

func (r *rerunner) run(c *cobra.Command, name string) error {
	if err := r.check(); err != nil {
		return err
	}
	body := value.OfMembers("name", value.OfString(r.name))
	if c.Flags().Changed("input") {
		text, _, err := readJSON("--input", r.input, c.InOrStdin())
		if err != nil {
			return err
		}
		body = body.With("input", value.OfString(text))
	}
	arn, err := r.execution(c.Context(), name)
	if err != nil {
		return err
	}
	if c.Flags().Changed("from") {
		visit, err := r.visitOf(c.Context(), arn, r.from)
		if err != nil {
			return err
		}
		body = body.With("from", value.OfInt(visit))
	}
	started, err := r.page(c.Context(), "rerun", nil, body.With("arn", value.OfString(arn)))
	if err != nil {
		return err
	}
	arn = started.Get("arn").Text()
	if r.wait {
		return r.waitFor(c, arn)
	}
	_, err = fmt.Fprintln(c.OutOrStdout(), arn)
	return err
}

// visitOf is the number of the last visit to a state, of one at the root if there is any.
func (r *remote) visitOf(ctx context.Context, arn, state string) (int64, error) {
	visits, err := r.visits(ctx, arn)
	if err != nil {
		return 0, err
	}
	found, atRoot := int64(-1), false
	var names []string
	for _, v := range visits.Items() {
		name, root := v.Get("state").Text(), v.Get("path").Len() == 0
		names = append(names, name)
		if n, _ := v.Get("number").Int(); name == state && (root || !atRoot) {
			found, atRoot = n, root
		}
	}
	if found >= 0 {
		return found, nil
	}
	hint := "aslocal trace " + typedName(arn) + r.flag() + " shows which it has visited"
	if near := spell.Suggest(state, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return 0, exit(ExitUsage, hint, "%s has not visited a state named %q", shortName(arn), state)
}
