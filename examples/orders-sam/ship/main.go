// Command ship finds a courier for the items of an order.
package main

import "encoding/json"

type event struct {
	Items []struct {
		SKU      string `json:"sku"`
		Quantity int    `json:"quantity"`
	} `json:"items"`
}

type shipment struct {
	Courier string `json:"courier"`
	Days    int    `json:"days"`
}

func handle(payload []byte) (any, error) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, err
	}
	for _, item := range e.Items {
		if item.SKU == "desk" {
			return shipment{"Heavy & Sons", 5}, nil
		}
	}
	return shipment{"Swift Parcels", 2}, nil
}

func main() { serve(handle) }
