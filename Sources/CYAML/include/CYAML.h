#ifndef OE_CYAML_H
#define OE_CYAML_H

#include <stddef.h>

// A narrow door to libyaml's parser. It is opened by `oe_yaml_open`; nothing else may be called before that returned 1.

/// Whether libyaml could be opened; if not, `*reason` says why (static storage). Any thread may call it.
int oe_yaml_open(const char **reason);

typedef struct oe_yaml oe_yaml;

typedef enum {
    oe_yaml_other,
    oe_yaml_end,
    oe_yaml_document,
    oe_yaml_document_end,
    oe_yaml_alias,
    oe_yaml_scalar,
    oe_yaml_list,
    oe_yaml_list_end,
    oe_yaml_map,
    oe_yaml_map_end,
} oe_yaml_kind;

typedef struct {
    oe_yaml_kind kind;
    /// In characters from the start of the text, without a byte order mark.
    size_t start, end;
    /// A list or map between brackets; or a scalar without quotes and on its own line.
    int is_flow, is_plain;
    /// Whether it has an anchor or a tag of its own; of the end of a document, whether that is marked.
    int is_marked;
    /// The text of a scalar, `length` bytes of it; valid until the next event.
    const char *text;
    size_t length;
} oe_yaml_event;

/// Reads `count` bytes, which must stay where they are; null when there is no memory for it.
oe_yaml *oe_yaml_make(const unsigned char *bytes, size_t count);
void oe_yaml_free(oe_yaml *reader);

/// 1, or 0 when the text is not YAML: `*problem` says why then, at this line and column, from 0.
int oe_yaml_next(oe_yaml *reader, oe_yaml_event *event, const char **problem, size_t *line, size_t *column);

#endif
