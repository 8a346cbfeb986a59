package account

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// setting is a row of instance_settings.
type setting struct {
	Key   string `gorm:"primaryKey"`
	Value string
}

func (setting) TableName() string { return "instance_settings" }

// Setting reads what is true of the whole instance, or "".
func (s *Service) Setting(ctx context.Context, key string) (string, error) {
	var row setting
	err := s.db.WithContext(ctx).Where("key = ?", key).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return "", nil
	} else if err != nil {
		return "", fmt.Errorf("read a setting: %w", err)
	}
	return row.Value, nil
}

// Set writes what is true of the whole instance.
func (s *Service) Set(ctx context.Context, key, value string) error {
	if err := s.db.WithContext(ctx).Save(&setting{Key: key, Value: value}).Error; err != nil {
		return fmt.Errorf("write a setting: %w", err)
	}
	return nil
}

// IsEmpty tells whether there is neither a user nor a workspace but our own.
func (s *Service) IsEmpty(ctx context.Context) (empty bool, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM workspaces WHERE slug <> 'daybook')`).Scan(&empty).Error
	if err != nil {
		return false, fmt.Errorf("look whether the database is empty: %w", err)
	}
	return empty, nil
}
