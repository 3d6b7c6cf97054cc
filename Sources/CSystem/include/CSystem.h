#ifndef OE_CSYSTEM_H
#define OE_CSYSTEM_H

// System calls that Swift's view of the C library leaves out.

/// A descriptor that becomes readable when the process `pid` ends; -1 where the kernel has none.
int oe_process_descriptor(int pid);

/// How many bytes an empty pipe takes without making the writer wait; 0 when it is not empty, or no pipe.
int oe_empty_pipe_room(int descriptor);

/// What the process was started with, the name of the program first. Swift reads that of the kernel, which is another
/// where a loader has been given the program to start.
int oe_argument_count(void);
const char *oe_argument(int place);

/// Gives back the memory of code and constants that were read once, at start; what is needed again is read again.
void oe_release_code_pages(void);

/// Keeps other processes of this user, debuggers too, out of the memory of this one, and has no core dump written of it.
/// Returns 0 when both are so from now on.
int oe_close_memory(void);

#endif
