package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// users is the User Service: it signs customers up and takes it back.
type users struct {
	mu    sync.Mutex
	last  int
	email map[string]string // by user id
}

type userEvent struct {
	Action   string
	UserID   string
	Customer struct{ Name, Email string }
}

func (u *users) handle(event json.RawMessage) (any, error) {
	var in userEvent
	if err := json.Unmarshal(event, &in); err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	switch in.Action {
	case "create":
		if !strings.Contains(in.Customer.Email, "@") {
			return nil, failure{"InvalidCustomer", fmt.Sprintf("%q is no e-mail address", in.Customer.Email)}
		}
		u.last++
		id := fmt.Sprintf("user-%d", u.last)
		if u.email == nil {
			u.email = make(map[string]string)
		}
		u.email[id] = in.Customer.Email
		return map[string]string{"userId": id}, nil
	case "remove":
		delete(u.email, in.UserID)
		return map[string]bool{"removed": true}, nil
	}
	return nil, failure{"UnknownAction", in.Action}
}

// orders is the Order Service. It has a bad day: the first call for each user
// finds it busy.
type orders struct {
	mu    sync.Mutex
	last  int
	asked map[string]bool // users whose first call was refused
}

type orderEvent struct {
	UserID string
	Items  []struct {
		Sku      string
		Quantity int
		Price    float64
	}
}

func (o *orders) handle(event json.RawMessage) (any, error) {
	var in orderEvent
	if err := json.Unmarshal(event, &in); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.asked[in.UserID] {
		if o.asked == nil {
			o.asked = make(map[string]bool)
		}
		o.asked[in.UserID] = true
		return nil, failure{"ServiceBusy", "try again in a moment"}
	}
	total := 0.0
	for _, item := range in.Items {
		if item.Sku == "unicorn" {
			return nil, failure{"OutOfStock", "there are no unicorns left"}
		}
		total += float64(item.Quantity) * item.Price
	}
	o.last++
	return map[string]any{"orderId": fmt.Sprintf("order-%d", o.last), "total": total}, nil
}

// notifications is the Notification Service: it keeps the messages to send.
type notifications struct {
	mu   sync.Mutex
	sent []string
}

func (n *notifications) handle(event json.RawMessage) (any, error) {
	var in struct{ To, Text string }
	if err := json.Unmarshal(event, &in); err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sent = append(n.sent, in.To+": "+in.Text)
	return map[string]int{"number": len(n.sent)}, nil
}

func (n *notifications) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.sent...)
}
