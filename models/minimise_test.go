package models_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"daybook/models"
)

func TestDeniedKeys(t *testing.T) {
	byDefault := models.NewMinimising(models.Keep, models.Keep, models.DefaultDeniedKeys)
	for key, denied := range map[string]bool{
		"password": true, "Password": true, "new_password": true, "passwordConfirmation": true, "PASSWD": true, "pwd": true, "passphrase": true, "client-secret": true,
		"secret_key": true, "token": true, "access_token": true, "accessToken": true, "csrf-token": true, "Authorization": true, "http.request.header.authorization": true,
		"Cookie": true, "Set-Cookie": true, "api_key": true, "apiKey": true, "x-api-key": true, "API Key": true, "private.key": true, "awsCredentials": true, "card.cvv": true,
		"card_number": true, "CardNumber": true, "user.password.old": true, "X-Authorization": true, "authorization_header": true,
		"ｐａｓｓｗｏｒｄ": true, "pass\u200bword": true, "pass\u00adword": true, "ｔｏｋｅｎ": true, "api‐key": true, "api＿ｋｅｙ": true, "a\u2060pi\u00a0key": true, "pässwörd": true, "user．cvv": true,
		"\ufeffcookie": true, "pass\u3164word": true, "c\ufe0fvv": true, "tokén": true, "ｔｏｋｅｎｓ": false, "токен": false, "密码": false,
		"tokens": false, "max_tokens": false, "tokenizer": false, "cookies": false, "card": false, "number": false, "pass": false, "key": false, "": false, "...": false, "_": false,
		"private": false, "authorized": false, "cvv2": false,
	} {
		if byDefault.Denies(key) != denied {
			t.Errorf("%q is denied: %t", key, !denied)
		}
	}
	own := models.NewMinimising(models.Keep, models.Keep, "Gebäude*\n *_Straße \n\nx\r\n*a-b*\n*")
	for key, denied := range map[string]bool{"GEBÄUDEnummer": true, "ein_gebäude": false, "haus.STRASSE": true, "hausSTRAßE": true, "straße_a": false, "X": true, "xx": false, "crab": true, "ca.bc": true, "cb": false} {
		if own.Denies(key) != denied {
			t.Errorf("%q is denied: %t", key, !denied)
		}
	}
	if (models.Minimising{}).Denies("password") || (models.Minimising{}).DeniesKeys() || models.NewMinimising(models.Keep, models.Keep, "*\n \n").DeniesKeys() {
		t.Error("nothing is denied that nobody asked for")
	}
}

func TestAddressesAreTruncatedOrDropped(t *testing.T) {
	for address, network := range map[string]string{
		"203.0.113.77": "203.0.113.0", "10.0.0.0": "10.0.0.0", "255.255.255.255": "255.255.255.0", "::ffff:203.0.113.77": "203.0.113.0",
		"2001:db8:1234:5678:9abc:def0:1234:5678": "2001:db8:1234::", "::1": "::", "fe80::1": "fe80::", "64:ff9b::203.0.113.77": "64:ff9b::",
		"2002:cb00:714d:1::1": "2002:cb00:7100::", // 6to4 of 203.0.113.77
	} {
		truncated := models.NewMinimising(models.Truncate, models.Keep, "").Address(&address)
		if truncated == nil || *truncated != network {
			t.Errorf("%s becomes %v, not %s", address, truncated, network)
			continue
		}
		if again := models.NewMinimising(models.Truncate, models.Keep, "").Address(truncated); *again != network {
			t.Errorf("%s becomes %s at last", address, *again)
		}
		if models.NewMinimising(models.Drop, models.Keep, "").Address(&address) != nil || *models.NewMinimising(models.Keep, models.Drop, "").Address(&address) != address {
			t.Error("dropped is kept, or kept is dropped")
		}
	}
	bad := "nowhere"
	if m := models.NewMinimising(models.Truncate, models.Drop, ""); m.Address(&bad) != nil || m.Address(nil) != nil || m.Agent(&bad) != nil {
		t.Error("what is no address is kept")
	}
}

func TestWhatMayBeSetToBeStored(t *testing.T) {
	many := strings.Builder{}
	for n := range models.MaxDeniedKeys {
		many.WriteString(strings.Repeat("k", n/10+1) + string(rune('a'+n%10)) + "\n")
	}
	long := strings.Repeat("ä", models.MaxDeniedKeyRune)
	for _, good := range []string{"", models.DefaultDeniedKeys, "a*", "*a", "*a*", "a b", long, many.String(), "x\nx\nx", `"'\,{}<script>`} {
		if err := models.CheckMinimising(models.Truncate, models.Drop, models.TidyKeys(good)); err != nil {
			t.Errorf("%.80q: %v", good, err)
		}
	}
	for _, bad := range []string{"*", "**", "a*b", "**a", "***", "_.-", "*_*", "a\x00b", "a\tb", "a\xffb", long + "x", many.String() + "one_more"} {
		fields := fieldsOf(models.CheckMinimising(models.Keep, models.Keep, models.TidyKeys("good\n"+bad)))
		if !slices.Equal(fields, []string{"denied_keys"}) {
			t.Errorf("%.80q: %v", bad, fields)
		}
	}
	if fields := fieldsOf(models.CheckMinimising("", models.Truncate, "*")); !slices.Equal(fields, []string{"addresses", "agents", "denied_keys"}) {
		t.Error(fields)
	}
	if err := models.CheckMinimising(models.Keep, models.Keep, "fine\ncard*number"); err == nil || !strings.Contains(err.Error(), "card*number") {
		t.Error("the error does not name the pattern:", err)
	}
}

func fieldsOf(err error) (fields []string) {
	var e *models.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			fields = append(fields, f.Field)
		}
	}
	return fields
}
