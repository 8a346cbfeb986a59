package daybook_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"daybook/clients/daybook"
)

// One client for the whole program, closed at its end.
func ExampleClient() {
	activity := daybook.New("https://daybook.example.com", "acme", os.Getenv("DAYBOOK_TOKEN"), daybook.Options{
		OnError: func(p daybook.Problem) { log.Printf("daybook: %s: %s (%d events)", p.Reason, p.Message, p.Count) },
	})
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = activity.Close(ctx) // what was not sent is told to OnError
	}()

	activity.Send(daybook.Event{
		Actor:    &daybook.Actor{ID: "user-123", Name: "Amara Okafor"},
		Action:   "status_changed",
		Resource: &daybook.Resource{Type: "invoice", ID: "42", Name: "Invoice 42", URL: "https://app.example.com/invoices/42"},
		Changes:  []daybook.Change{{Field: "status", Before: "draft", After: "sent"}},
	})
}

// A copy of the feed that misses nothing: the position is kept with what was done.
func ExampleReader_Follow() {
	reader := daybook.Reader{URL: "https://daybook.example.com", Workspace: "acme", Token: os.Getenv("DAYBOOK_TOKEN")}
	after := "0" // or the id that was kept
	for {
		err := reader.Follow(context.Background(), after, func(a daybook.Activity) error {
			fmt.Println(a.Timestamp, a.Description)
			after = a.ID // in real use: written in the same transaction
			return nil
		})
		var gone *daybook.GoneError
		if !errors.As(err, &gone) {
			log.Fatal(err)
		}
		after = gone.After // what was purged will not come; what is kept goes on from here
	}
}

func ExampleReader_Activities() {
	reader := daybook.Reader{URL: "https://daybook.example.com", Workspace: "acme", Token: os.Getenv("DAYBOOK_TOKEN")}
	for a, err := range reader.Activities(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(a.Timestamp, a.Description)
	}
}
