// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "errors.h"

#include <linux/errno.h>
#include <linux/kernel.h>

#include "tessera/hypercall.h"

// clang-format off
static const int errors[] = {
	[-TESSERA_OK]           = 0,
	[-TESSERA_UNKNOWN_CALL] = -EOPNOTSUPP,
	[-TESSERA_BAD_ARGUMENT] = -EINVAL,
	[-TESSERA_BAD_ADDRESS]  = -ENXIO,
	[-TESSERA_NO_MEMORY]    = -ENOMEM,
	[-TESSERA_NOT_FOUND]    = -ENOENT,
	[-TESSERA_EXISTS]       = -EEXIST,
	[-TESSERA_SEALED]       = -EPERM,
	[-TESSERA_DENIED]       = -EACCES,
	[-TESSERA_UNSUPPORTED]  = -EOPNOTSUPP,
	[-TESSERA_BUSY]         = -EBUSY,
	[-TESSERA_PROTECTED]    = -EFAULT,
	[-TESSERA_LIMIT]        = -ENOSPC,
};
// clang-format on

int to_errno(s64 error)
{
	// A newer hypervisor may know errors that this driver does not.
	if (error > 0 || error <= -(s64)ARRAY_SIZE(errors))
		return -EIO;
	return errors[-error];
}
