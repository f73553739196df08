// SPDX-License-Identifier: MIT
#include "boot/config/config_values.h"
#include "hv/lib/string.h"

#define COM1      0x3f8
#define COM2      0x2f8
#define BAUD_BASE 115200 // what a divisor of 1 gives

static const struct {
	const char *name;
	u16 port;
} consoles[] = { { "com1", COM1 }, { "com2", COM2 }, { "none", 0 } };

// The addresses at which PCs have COM1 to COM4, and "none".
static const u16 usual_ports[] = { COM1, COM2, 0x3e8, 0x2e8, 0 };

bool parse_word(const struct config_key *key, struct slice value, struct config *config)
{
	for (u8 i = 0; key->words[i]; i++) {
		if (slice_equal(value, slice_of(key->words[i]))) {
			*((u8 *)config + key->offset) = i;
			return true;
		}
	}
	return false;
}

bool parse_path(const struct config_key *key, struct slice value, struct config *config)
{
	char *path = (char *)config + key->offset;
	bool rooted = value.size && (value.at[0] == '\\' || value.at[0] == '/');

	if (!value.size || !slice_printable(value, true) ||
	    value.size + !rooted >= CONFIG_PATH_SIZE)
		return false;
	path[0] = '\\';
	slice_copy(path + !rooted, CONFIG_PATH_SIZE - 1, value);
	for (char *c = path; *c; c++)
		if (*c == '/')
			*c = '\\';
	return true;
}

bool parse_memory(const struct config_key *key, struct slice value, struct config *config)
{
	u64 bytes;

	(void)key;
	if (!slice_number(value, &bytes) || bytes < CONFIG_MEMORY_MIN || bytes > CONFIG_MEMORY_MAX)
		return false;
	config->memory = ALIGN_UP(bytes, SIZE_2M);
	return true;
}

bool parse_seconds(const struct config_key *key, struct slice value, struct config *config)
{
	u64 seconds;

	if (!slice_number(value, &seconds) || seconds > CONFIG_SECONDS_MAX)
		return false;
	*(u32 *)((u8 *)config + key->offset) = (u32)seconds;
	return true;
}

// A UART's rate is BAUD_BASE over a whole number of at most 16 bits.
static bool parse_baud(struct slice text, u64 *baud)
{
	return slice_number(text, baud) && *baud && *baud <= BAUD_BASE && BAUD_BASE % *baud == 0 &&
	       BAUD_BASE / *baud <= 0xffff;
}

static bool parse_port(struct slice text, u64 *port)
{
	for (u32 i = 0; i < ARRAY_SIZE(consoles); i++) {
		if (slice_equal(text, slice_of(consoles[i].name))) {
			*port = consoles[i].port;
			return true;
		}
	}
	// A UART has eight registers.
	return slice_number(text, port) && *port && *port <= 0xfff8;
}

bool parse_console(const struct config_key *key, struct slice value, struct config *config)
{
	struct slice rate = value;
	struct slice name = slice_trim(slice_cut(&rate, ','));
	u64 port, baud = BAUD_BASE;

	(void)key;
	if (!parse_port(name, &port) || (rate.at && !parse_baud(slice_trim(rate), &baud)))
		return false;
	config->uart_port = (u16)port;
	config->uart_baud = (u32)baud;
	return true;
}

static bool parse_action(struct slice word, u32 *action)
{
#define ACTION_TEXT(name, number, text, meaning) text,
	static const char *const actions[] = { TESSERA_ACTIONS(ACTION_TEXT) };

	for (u32 i = TESSERA_ACTION_AUDIT; i < ARRAY_SIZE(actions); i++) {
		if (slice_equal(word, slice_of(actions[i]))) {
			*action = i;
			return true;
		}
	}
	return false;
}

static bool parse_name(struct slice word, char *name)
{
	struct slice text = word;
	struct slice label = slice_cut(&text, '=');

	return slice_equal(label, slice_of("name")) && text.size && slice_printable(text, false) &&
	       slice_copy(name, TESSERA_NAME_SIZE, text);
}

bool parse_protect(const struct config_key *key, struct slice value, struct config *config)
{
	struct boot_protect rule = { .action = TESSERA_ACTION_DENY };
	struct slice word = slice_word(&value);

	(void)key;
	if (config->protects == BOOT_PROTECT_MAX || !slice_range(word, &rule.gpa, &rule.length))
		return false;
	for (word = slice_word(&value); word.size; word = slice_word(&value))
		if (!parse_action(word, &rule.action) && !parse_name(word, rule.name))
			return false;
	config->protect[config->protects++] = rule;
	return true;
}

bool word_weakens(const struct config_key *key, const struct config *config)
{
	return strcmp(key->words[*((const u8 *)config + key->offset)], key->weaker) == 0;
}

bool console_weakens(const struct config_key *key, const struct config *config)
{
	(void)key;
	for (u32 i = 0; i < ARRAY_SIZE(usual_ports); i++)
		if (config->uart_port == usual_ports[i])
			return false;
	return true;
}

bool protect_weakens(const struct config_key *key, const struct config *config)
{
	(void)key;
	return config->protect[config->protects - 1].action == TESSERA_ACTION_DISCARD;
}
