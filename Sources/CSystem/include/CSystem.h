#ifndef OE_CSYSTEM_H
#define OE_CSYSTEM_H

// System calls that Swift's view of the C library leaves out.

/// A descriptor that becomes readable when the process `pid` ends; -1 where the kernel has none.
int oe_process_descriptor(int pid);

/// Gives back the memory of code and constants that were read once, at start; what is needed again is read again.
void oe_release_code_pages(void);

#endif
