// SPDX-License-Identifier: MIT
// Parsers of values, one for each kind of key. For a wrong value they return false and change
// nothing.
#ifndef BOOT_CONFIG_CONFIG_VALUES_H
#define BOOT_CONFIG_CONFIG_VALUES_H

#include "boot/config/config.h"

typedef bool config_parser(const struct config_key *key, struct slice value, struct config *config);

config_parser parse_word;    // one of key->words; its index goes to the u8 at key->offset
config_parser parse_path;    // an ASCII path; / counts as \, and a leading one may be missing
config_parser parse_memory;  // CONFIG_MEMORY_MIN to _MAX bytes, rounded up to 2 MiB
config_parser parse_seconds; // 0 to CONFIG_SECONDS_MAX, to the u32 at key->offset
config_parser parse_console; // com1, com2, 0xPORT[,baud] or none
config_parser parse_protect; // ADDR+LEN [action] [name=NAME], added to config->protect

// Whether the value that was read last weakens the guard or the guest.
typedef bool config_judge(const struct config_key *key, const struct config *config);

config_judge word_weakens;    // the word is key->weaker
config_judge console_weakens; // a port that is no PC's serial port may be another device's
config_judge protect_weakens; // discard makes stores of verified code vanish

#define CONFIG_MEMORY_MIN (4 * SIZE_2M / 2)
#define CONFIG_MEMORY_MAX (512 * SIZE_2M / 2)

// Less than the five minutes after which the firmware's watchdog resets the machine ("Boot
// Manager", UEFI specification).
#define CONFIG_SECONDS_MAX 60

#endif
