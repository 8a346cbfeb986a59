package demo

import (
	"slices"
	"time"

	"daybook/models"
)

const agencyZone = "Europe/Berlin"

type clientLine struct {
	id, name, city, mail string
}

// clientsAtFirst were there when the agency moved in; more come in the chapters.
var clientsAtFirst = []clientLine{
	{"31", "Halden Optics", "Halden", "accounts@halden-optics.example"},
	{"32", "Pellworm Ferries", "Pellworm", "rechnungen@pellworm-ferries.example"},
	{"33", "Marlund Transport", "Marlund", "invoices@marlund-transport.example"},
	{"34", "Fenwick & Stone", "Leeds", "finance@fenwick-stone.example"},
	{"35", "Corvid Books", "Gent", "boekhouding@corvid-books.example"},
	{"36", "Bramble & Co", "Cork", "accounts@bramble.example"},
	{"37", "Lumen Dental", "Kraków", "faktury@lumen-dental.example"},
}

type projectLine struct {
	id, name, clientID, lead string
	members                  []string // beside the lead and the officeStaff, who are members everywhere
	weight                   int      // how much of everybody's time it takes
	begins                   int      // days before now; 0: there when the agency moved in
	budget                   int      // euros
	work                     *workWords
}

var officeStaff = []string{ingrid, yusuf, leilani}

const (
	website   = "101"
	mobile    = "102"
	intranet  = "103"
	report    = "104"
	checkout  = "105"
	brand     = "106"
	retainer  = "107"
	campaign  = "108"
	booking   = "109"
	festival  = "110"
	handbook  = "111"
	orchardID = "38"
)

var projectTable = []projectLine{
	{website, "Website redesign", "31", amara, []string{priya, mateo, dmitri, hana, tomasz, noor}, 6, 0, 64000, &websiteWork},
	{mobile, "Mobile app 2.0", "32", amara, []string{priya, mateo, noor, junseo, kwame, annaStaff}, 5, 0, 82500, &mobileWork},
	{intranet, "Intranet migration", "33", siobhan, []string{kwame, dmitri, maximiliane, ravi, zuzana, annaAbroad}, 4, 0, 47000, &intranetWork},
	{report, "Annual report", "34", siobhan, []string{zuzana, annaStaff, hana, maximiliane}, 3, 0, 21500, &reportWork},
	{checkout, "Checkout review", "32", amara, []string{hana, tomasz, mateo, noor}, 3, 0, 18400, &checkoutWork},
	{brand, "Brand refresh", "35", siobhan, []string{annaStaff, tomasz, zuzana, chiara, annaAbroad}, 3, 0, 16000, &brandWork},
	{retainer, "Retainer Bramble & Co", "36", siobhan, []string{dmitri, tomasz, ravi}, 2, 0, 9600, &retainerWork},
	{campaign, "Winter campaign", "31", siobhan, []string{annaStaff, noor, annaAbroad}, 2, 0, 12800, &campaignWork},
	{booking, "Booking form", "37", amara, []string{ravi, dmitri, kwame}, 1, 0, 7200, &bookingWork},
	{festival, "Festival microsite", orchardID, amara, []string{hana, junseo, noor, mateo}, 3, 58, 14500, &festivalWork},
	{handbook, "Studio handbook", "", ingrid, nil, 1, 0, 0, &handbookWork},
}

type client struct {
	clientLine
}

// project is a projectLine with what becomes of it.
type project struct {
	projectLine
	client     *client // nil: the agency's own
	status     string
	due        string // a date
	members    []*actor
	started    bool
	archivedAt *time.Time
	fresh      []string // names of tasks still to be made
	round      int      // how often fresh was filled
}

func (p *project) ref() models.ProjectRef { return models.ProjectRef{ID: p.id, Name: p.name} }

func (p *project) thing() models.EntityRef { return thing("project", p.id, p.name) }

func (p *project) open() bool { return p.started && p.archivedAt == nil }

func (p *project) has(a *actor) bool { return slices.Contains(p.members, a) }

// public is the project as it stands at the end; those who left the agency have lost their access.
func (p *project) public() Project {
	out := Project{ExternalID: p.id, Name: p.name, Visibility: models.VisibleToMembers, ArchivedAt: p.archivedAt}
	if p.clientID == "" {
		out.Visibility = models.VisibleToWorkspace
	}
	for _, m := range p.members {
		if !m.left {
			out.Members = append(out.Members, m.ActorID)
		}
	}
	return out
}
