package demo

import "daybook/models"

// External ids of those whom the story calls by name.
const (
	ingrid      = "user-1"
	amara       = "user-2"
	priya       = "user-3"
	mateo       = "user-4"
	dmitri      = "user-5"
	hana        = "user-6"
	zuzana      = "user-7"
	noor        = "user-8"
	siobhan     = "user-9"
	yusuf       = "user-10"
	tomasz      = "user-11"
	kwame       = "user-12"
	leilani     = "user-13"
	ravi        = "user-14"
	junseo      = "user-15"
	maximiliane = "user-16"
	chiara      = "user-17"
	annaStaff   = "user-18"
	annaAbroad  = "user-19" // shares her name with annaStaff, as people do

	assistant = "agent-timesheets"
	bank      = "agent-bank"
	reviewer  = "agent-review"
	system    = "system"
)

// craft is what somebody's working day consists of.
type craft int

const (
	maker   craft = iota // works on tasks, tracks time
	manager              // makes and hands out tasks
	office               // clients, money, settings
)

// rhythm is somebody's usual day. Hours are of the agency's zone, with fractions.
type rhythm struct {
	craft        craft
	begins, ends float64
	timers       float64 // timers on an average day
	acts         float64 // other acts on an average day
	days         string  // the weekdays worked, from Monday, like "MTWTF" or "MT-TF"
	away         int     // the week of their holiday, in weeks before now; 0: none
}

type castLine struct {
	Person
	role   string // in the sending application
	rhythm rhythm
}

// cast is everybody. The three who can sign in see three different feeds: all of it, six projects, three projects.
var cast = []castLine{
	{Person{ActorID: ingrid, Name: "Ingrid Solheim", Username: "ingrid.solheim", Role: models.Owner, InstanceAdmin: true, SignIn: true,
		Hint: "Admin: owner of the workspace, sees everything, system rows too"}, "owner", rhythm{office, 8, 17.5, 0.3, 2.2, "MTWTF", 0}},
	{Person{ActorID: amara, Name: "Amara Okafor", Username: "amara.okafor", Role: models.Member, SignIn: true,
		Hint: "Project manager: sees her own and 6 projects"}, "member", rhythm{manager, 8.5, 17.5, 1, 4.6, "MTWTF", 9}},
	{Person{ActorID: priya, Name: "Priya Raman", Username: "priya.raman", Role: models.Member, SignIn: true,
		Hint: "Employee: sees her own and 3 projects"}, "member", rhythm{maker, 9, 18, 2.3, 2, "MTWTF", 0}},
	{Person{ActorID: mateo, Name: "Mateo Quispe", Username: "mateo.quispe"}, "member", rhythm{maker, 9.5, 19, 2.6, 2.2, "MTWTF", 0}},
	{Person{ActorID: dmitri, Name: "Dmitri Lind", Username: "dmitri.lind"}, "member", rhythm{maker, 10.5, 20.5, 2.2, 1.8, "MTWTF", 7}},
	{Person{ActorID: hana, Name: "Hana Sugiyama", Username: "hana.sugiyama"}, "member", rhythm{maker, 8, 16.5, 2, 2, "MTWTF", 3}},
	{Person{ActorID: zuzana, Name: "Zuzana Horáková", Username: "zuzana.horakova"}, "member", rhythm{maker, 7, 15.5, 2, 1.5, "MTWT-", 0}},
	{Person{ActorID: noor, Name: "Noor El-Amin", Username: "noor.el-amin"}, "member", rhythm{maker, 9, 17, 1.7, 1.6, "MTWTF", 8}},
	{Person{ActorID: siobhan, Name: "Siobhan Daly", Username: "siobhan.daly"}, "admin", rhythm{manager, 8, 17, 0.9, 4.2, "MTWTF", 4}},
	{Person{ActorID: yusuf, Name: "Yusuf Demirel", Username: "yusuf.demirel"}, "member", rhythm{office, 8.5, 16, 0.3, 1.2, "MT-TF", 0}},
	{Person{ActorID: tomasz, Name: "Tomasz Wrona", Username: "tomasz.wrona"}, "member", rhythm{maker, 9, 17.5, 1.4, 1.4, "MTWTF", 10}},
	{Person{ActorID: kwame, Name: "Kwame Mensah", Username: "kwame.mensah"}, "member", rhythm{maker, 8.5, 17, 1.6, 1.5, "MTWTF", 0}},
	{Person{ActorID: leilani, Name: "Leilani Kahale", Username: "leilani.kahale"}, "member", rhythm{office, 10, 18, 0.5, 1.6, "MTWT-", 0}},
	{Person{ActorID: ravi, Name: "Ravi Tennakoon", Username: "ravi.tennakoon"}, "member", rhythm{maker, 9, 18, 1.2, 1.2, "MTWTF", 2}},
	{Person{ActorID: junseo, Name: "Jun-seo Baek", Username: "junseo"}, "freelance", rhythm{maker, 12.5, 22.5, 1.2, 0.8, "-TWT-", 0}},
	{Person{ActorID: maximiliane, Name: "Maximiliane von Trautenberg-Hoyer", Username: "m.trautenberg-hoyer"}, "member", rhythm{maker, 9, 16, 1.1, 1, "M-WT-", 0}},
	{Person{ActorID: chiara, Name: "Chiara Bellandi", Username: "chiara.bellandi"}, "member", rhythm{maker, 9, 17, 0, 0, "-----", 0}},
	{Person{ActorID: annaStaff, Name: "Anna Schmidt", Username: "anna.schmidt"}, "member", rhythm{maker, 8.5, 16.5, 1.4, 1.2, "MTWTF", 11}},
	{Person{ActorID: annaAbroad, Name: "Anna Schmidt", Username: "anna.schmidt.2"}, "freelance", rhythm{maker, 6, 12, 1.2, 0.8, "MTWTF", 0}},
}

// software is what acts beside people. The system stands last.
var software = []struct {
	id, name, browser, address string
	kind                       models.ActorType
}{
	{assistant, "Timesheet Assistant", "TimesheetAssistant/2.3 (+https://app.tidewell.example/agents/timesheets)", "192.0.2.41", models.ActorAgent},
	{bank, "Bank Import", "BankImport/1.9", "192.0.2.60", models.ActorAgent},
	{reviewer, "Review bot", "ReviewBot/0.8", "2001:db8:51::7", models.ActorAgent},
	{system, "System", "", "", models.ActorSystem},
}

// browsers and homes are dealt to people in turn. All addresses are of the ranges set aside for documentation (RFC 5737, RFC 3849).
var browsers = []string{
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
	"TidewellTime/4.12 (Android 15; Pixel 9)",
}

var homes = []string{"198.51.100.17", "2001:db8:7a:10::4f", "198.51.100.93", "198.51.100.140", "2001:db8:c0de::21", "203.0.113.201", "198.51.100.8"}

const officeAddress = "203.0.113.84"
