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

/// Has all threads but the first share one heap, before any is started. Each would have its own otherwise, most of it
/// empty: good for many processors, and megabytes too much for a program with little to do.
void oe_share_heaps(void);

/// Keeps other processes of this user, debuggers too, out of the memory of this one, and has no core dump written of it.
/// Returns 0 when both are so from now on.
int oe_close_memory(void);

/// A pipe whose ends no child gets by accident; 0 when there is one.
int oe_private_pipe(int ends[2]);

/// Starts the program at `path` in a session and a process group of its own, with three descriptors as its standard ones and no others,
/// no signal held back, and, where the system can do that, an end with the thread that calls this. The lists end with null;
/// a null directory is the caller's. Returns its number, or the negative number of the error.
int oe_start_process(const char *path, char *const arguments[], char *const environment[], const char *directory,
                     int input, int output, int errors);

/// Waits until the child `pid` has ended, and leaves it for `oe_take_process`, so that its number is not given away.
void oe_wait_for_process(int pid);

/// Takes the ended child `pid` away. Returns its exit code, or 128 and the number of the signal that ended it.
int oe_take_process(int pid);

/// Lets a terminal no longer show what is typed on it, and drops what is typed already; 0 when it does. A signal that ends the
/// process lets it show that again first; Ctrl-Z and Ctrl-\ do nothing meanwhile.
int oe_hide_typing(int terminal);

/// Undoes that.
void oe_show_typing(void);

#endif
