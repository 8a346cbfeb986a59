package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"daybook/models"
)

// Preferences are what people set about themselves.
type Preferences struct {
	Name       string
	TimeZone   string // IANA name; empty: that of each workspace
	Theme      string
	DateFormat string
}

// SavePreferences changes somebody's own record. A change of name or zone is recorded; how pages look is nobody else's concern. Errors name
// the fields name, time_zone, theme and date_format; then nothing is changed.
func (s *Service) SavePreferences(ctx context.Context, user *models.User, p Preferences) error {
	p.Name, p.TimeZone = strings.TrimSpace(p.Name), strings.TrimSpace(p.TimeZone)
	theme, themeErr := models.ParseTheme(p.Theme)
	format, formatErr := models.ParseDateFormat(p.DateFormat)
	var zoneErr error
	p.TimeZone, zoneErr = s.ownZone(ctx, p.TimeZone)
	if err := models.JoinFields(models.CheckPersonName("name", p.Name), zoneErr, themeErr, formatErr); err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		before, err := lockUser(tx, user.ID)
		if err != nil {
			return err
		}
		set := map[string]any{"name": p.Name, "time_zone": p.TimeZone, "theme": theme, "date_format": format, "updated_at": s.now(),
			"version": gorm.Expr("version + (name <> ?)::int", p.Name)}
		if err := tx.Model(&models.User{}).Where("id = ?", user.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("save preferences: %w", err)
		}
		return s.recordPreferences(ctx, tx, before, p)
	})
}

// ownZone finds the zone that somebody writes into a form, which may be left empty.
func (s *Service) ownZone(ctx context.Context, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	zones, err := s.TimeZones(ctx)
	if err != nil {
		return "", err
	}
	if name, ok := zoneCalled(zones, text); ok {
		return name, nil
	}
	if location, err := time.LoadLocation(text); err != nil || location == time.Local {
		return "", models.FieldErrorf(models.Invalid, "time_zone", "must be a time zone like Europe/Amsterdam, or empty")
	}
	return text, s.checkZone(ctx, text)
}

// lockUser reads somebody's record as it is, and keeps others from changing it until the transaction ends.
func lockUser(tx *gorm.DB, id int64) (*models.User, error) {
	var u models.User
	if err := tx.Raw(`SELECT * FROM users WHERE id = ? FOR NO KEY UPDATE`, id).Scan(&u).Error; err != nil {
		return nil, fmt.Errorf("lock a user: %w", err)
	}
	return &u, nil
}

func (s *Service) recordPreferences(ctx context.Context, tx *gorm.DB, before *models.User, p Preferences) error {
	var changes []models.Change
	if before.Name != p.Name {
		changes = append(changes, change("name", before.Name, p.Name))
	}
	if before.TimeZone != p.TimeZone {
		changes = append(changes, change("time_zone", ifSet(before.TimeZone), ifSet(p.TimeZone)))
	}
	if len(changes) == 0 {
		return nil
	}
	after := *before
	after.Name = p.Name
	id := fmt.Sprint(before.ID)
	return s.act(ctx, tx, models.BuiltInWorkspace, models.Event{
		Actor: models.UserActor(&after), Action: "updated", Entity: &models.EntityRef{Type: "user", ID: &id, Name: &after.Name}, Changes: changes,
	})
}

// ifSet is a text, or nothing in place of an empty one.
func ifSet(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// SetTheme changes how bright somebody's pages are, and nothing else.
func (s *Service) SetTheme(ctx context.Context, user *models.User, theme string) error {
	chosen, err := models.ParseTheme(theme)
	if err != nil {
		return err
	}
	set := map[string]any{"theme": chosen, "updated_at": s.now()}
	if err := s.db.WithContext(ctx).Model(&models.User{}).Where("id = ?", user.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("set a theme: %w", err)
	}
	return nil
}

// TimeZones lists the zones to choose from, by name: those that PostgreSQL and this program both know, without the aliases that are neither
// UTC nor a place.
func (s *Service) TimeZones(ctx context.Context) ([]string, error) {
	s.zones.Lock()
	defer s.zones.Unlock()
	if s.zones.names != nil {
		return s.zones.names, nil
	}
	var known []string
	if err := s.db.WithContext(ctx).Raw(`SELECT name FROM pg_timezone_names`).Scan(&known).Error; err != nil {
		return nil, fmt.Errorf("list time zones: %w", err)
	}
	names := []string{"UTC"}
	for _, name := range known {
		if _, err := time.LoadLocation(name); err == nil && isPlace(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	s.zones.names = names
	return names, nil
}

// zoneCalled finds the zone that somebody means who writes its name, or just its town, in any case.
func zoneCalled(zones []string, text string) (string, bool) {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", " ")) }
	var found []string
	for _, name := range zones {
		town := name[strings.LastIndexByte(name, '/')+1:]
		if plain(name) == plain(text) {
			return name, true
		}
		if plain(town) == plain(text) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

// zoneMeant gives the zone that somebody means who types its name or just its town, or the text as it is, which is then looked at as any.
func (s *Service) zoneMeant(ctx context.Context, text string) string {
	if zones, err := s.TimeZones(ctx); err == nil {
		if name, ok := zoneCalled(zones, trimmed(text)); ok {
			return name
		}
	}
	return text
}

// isPlace tells whether a zone is named as a place: a continent or an ocean, and a town.
func isPlace(name string) bool {
	region, _, ok := strings.Cut(name, "/")
	return ok && slices.Contains([]string{"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}, region)
}
