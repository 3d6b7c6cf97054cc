#ifndef OE_CSYSTEM_H
#define OE_CSYSTEM_H

// System calls that Swift's view of the C library leaves out.

/// A descriptor that becomes readable when the process `pid` ends; -1 where the kernel has none.
int oe_process_descriptor(int pid);

#endif
