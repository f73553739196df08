// SPDX-License-Identifier: MIT
// Offsets and encodings of the ACPI tables that the loader edits and the hypervisor reads. ACPI
// specification: "Root System Description Pointer (RSDP)", "System Description Table Header",
// "Fixed ACPI Description Table (FADT)", "AML Byte Stream Byte Values".
#ifndef HV_LIB_ACPI_TABLES_H
#define HV_LIB_ACPI_TABLES_H

#include "hv/lib/types.h"

#define ACPI_RSDP_REVISION         15 // u8: the XSDT exists from 2 on
#define ACPI_RSDP_RSDT             16 // u32
#define ACPI_RSDP_XSDT             24 // u64
#define ACPI_RSDP_SIZE             36

#define ACPI_HEADER_LENGTH         4 // u32: bytes of the whole table
#define ACPI_HEADER_CHECKSUM       9 // u8: makes the sum of all bytes 0
#define ACPI_HEADER_SIZE           36

#define ACPI_FADT_DSDT             40  // u32
#define ACPI_FADT_PM1A             64  // u32: port of the PM1a control register
#define ACPI_FADT_PM1B             68  // u32: the same of PM1b, 0 = none
#define ACPI_FADT_FLAGS            112 // u32
#define ACPI_FADT_HARDWARE_REDUCED BIT(20)
#define ACPI_FADT_X_DSDT           140 // u64, where the table is that long

#define ACPI_NAME_SIZE             4 // of a table's signature and of a segment of an AML name

#define AML_ALIAS_OP               0x06
#define AML_NAME_OP                0x08
#define AML_BYTE_PREFIX            0x0a
#define AML_PACKAGE_OP             0x12
#define AML_VAR_PACKAGE_OP         0x13
#define AML_METHOD_OP              0x14
#define AML_ROOT_CHAR              '\\'
#define AML_PARENT_CHAR            '^'

#endif
