package demo

import (
	"fmt"
	"time"

	"daybook/models"
)

// The states of an invoice, in the agency's words.
const (
	invoiceDraft   = "draft"
	invoiceSent    = "sent"
	invoiceOverdue = "overdue"
	invoicePaid    = "paid"
)

// invoice goes from draft to sent to paid, over overdue when the client is slow.
type invoice struct {
	id      string
	project *project
	cents   int
	status  string
	due     time.Time
	terms   int    // days to pay
	stays   string // the state in which it waits for the last hours; empty: none
}

func (v *invoice) thing() models.EntityRef { return thing("invoice", v.id, "Invoice "+v.id) }

// onInvoice begins a row about an invoice with what its application always adds.
func (t *teller) onInvoice(by *actor, action string, v *invoice) *note {
	return t.by(by, action, v.thing()).in(v.project).meta("client_id", v.project.client.id).meta("amount", float64(v.cents)/100).meta("currency", "EUR")
}

// billSomebody writes an invoice for a project that has work to bill.
func (t *teller) billSomebody() {
	var lots []*project
	for _, p := range t.projects {
		if p.open() && p.client != nil {
			for range p.weight {
				lots = append(lots, p)
			}
		}
	}
	if len(lots) == 0 {
		return
	}
	p := pick(t, lots)
	by := t.person(p.lead)
	if t.onHoliday(by, t.clock) || t.chance(0.3) {
		by = t.person(yusuf)
	}
	t.draftInvoice(by, p, "")
}

func (t *teller) draftInvoice(by *actor, p *project, stays string) *invoice {
	v := &invoice{id: fmt.Sprint(t.serial("invoice")), project: p, cents: t.between(6, 160) * 12_500, status: invoiceDraft, terms: pick(t, []int{14, 14, 30}), stays: stays}
	t.invoices = append(t.invoices, v)
	t.onInvoice(by, "created", v).change("status", nil, invoiceDraft)
	if t.chance(0.5) {
		t.plan(t.atWork(t.clock.Add(t.minutes(10, 400))), func() { t.correctInvoice(by, v) })
	}
	if stays != invoiceDraft {
		t.plan(t.atWork(t.clock.Add(t.minutes(8*60, 60*60))), func() { t.sendInvoice(by, v) })
	}
	return v
}

func (t *teller) correctInvoice(by *actor, v *invoice) {
	if v.status != invoiceDraft {
		return
	}
	before := v.cents
	v.cents += t.between(1, 12) * 4_000
	n := t.onInvoice(by, "updated", v).change("amount", money(before), money(v.cents)).change("lines", 3, 4)
	if t.chance(0.4) {
		n.change("discount_percent", nil, 5).change("reverse_charge", false, true)
	}
}

// sendInvoice is one operation of two rows. Some mails come back, and the invoice is sent again.
func (t *teller) sendInvoice(by *actor, v *invoice) {
	operation := "send-invoice-" + v.id
	mail := v.project.client.mail
	v.due = t.dayAfter(t.clock, v.terms)
	t.onInvoice(by, "sent", v).tied(operation).meta("sent_to", []string{mail})
	t.onInvoice(by, "status_changed", v).tied(operation).change("status", invoiceDraft, invoiceSent).change("sent_to", nil, mail).
		change("due_date", nil, v.due.Format("2006-01-02"))
	v.status = invoiceSent
	if t.chance(0.12) {
		t.plan(t.clock.Add(t.minutes(1, 3)), func() { t.bounce(v, mail) })
		t.plan(t.atWork(t.clock.Add(t.minutes(20, 200))), func() { t.onInvoice(by, "sent", v).meta("sent_to", []string{"office." + mail}).meta("attempt", 2) })
	}
	t.plan(t.dayAfter(v.due, 1).Add(6*time.Hour), func() { t.becomeOverdue(v) })
	if v.stays == "" {
		late := t.between(4, v.terms+2)
		if t.chance(0.25) {
			late = v.terms + t.between(3, 18)
		}
		t.plan(t.atWork(t.clock.AddDate(0, 0, late)), func() { t.payInvoice(v) })
	}
}

func (t *teller) bounce(v *invoice, mail string) {
	t.onInvoice(t.software[system], "delivered", v).meta("recipient", mail).meta("smtp_status", "5.2.2").
		ended(models.Failure, "The mail to %s came back: 552 5.2.2 Mailbox full.", mail)
}

func (t *teller) becomeOverdue(v *invoice) {
	if v.status == invoiceSent {
		v.status = invoiceOverdue
		t.onInvoice(t.software[system], "status_changed", v).change("status", invoiceSent, invoiceOverdue)
		t.plan(t.clock.AddDate(0, 0, 6), func() { t.remind(v) })
	}
}

// remind writes to the client every week until the money is there.
func (t *teller) remind(v *invoice) {
	if v.status != invoiceOverdue {
		return
	}
	days := int(t.clock.Sub(v.due).Hours() / 24)
	t.onInvoice(t.software[system], "reminded", v).meta("days_overdue", days).
		saying("Reminded %s of Invoice %s, %d days overdue", v.project.client.name, v.id, days)
	t.plan(t.clock.AddDate(0, 0, 7), func() { t.remind(v) })
}

// payInvoice is found by Bank Import, in Yusuf's name, or entered by Yusuf himself.
func (t *teller) payInvoice(v *invoice) {
	if !t.software[bank].here || t.chance(0.4) {
		t.recordPayment(t.person(yusuf), v, "payment-invoice-"+v.id)
		return
	}
	payment := t.payment()
	operation := "payment-" + *payment.ID
	t.by(t.software[bank], "matched", payment).tied(operation).meta("invoice_id", v.id).meta("amount", float64(v.cents)/100).meta("currency", "EUR")
	for _, n := range t.recordPayment(t.software[bank], v, operation) {
		n.behalf(t.person(yusuf))
	}
}

func (t *teller) recordPayment(by *actor, v *invoice, operation string) []*note {
	before := v.status
	v.status = invoicePaid
	moved := t.onInvoice(by, "status_changed", v).tied(operation).change("status", before, invoicePaid).
		change("paid_on", nil, t.clock.In(t.zone).Format("2006-01-02"))
	paid := t.onInvoice(by, "paid", v).tied(operation).saying("Recorded the payment of Invoice %s, %s", v.id, money(v.cents))
	return []*note{moved, paid}
}

// payment is a new line of the bank's statement.
func (t *teller) payment() models.EntityRef {
	number := t.serial("payment")
	id := fmt.Sprintf("SEPA %s/%04d", t.clock.In(t.zone).Format("2006-01-02"), 100+number)
	return thing("payment", fmt.Sprint(100+number), id)
}
