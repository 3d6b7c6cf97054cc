#include "CYAML.h"

#include <stdlib.h>
#include <yaml.h>

#if defined(__APPLE__)
#define OE_LIBRARY "libyaml-0.2.dylib"
#define OE_PACKAGE "Homebrew formula libyaml"
#else
#define OE_LIBRARY "libyaml-0.so.2"
#define OE_PACKAGE "Debian package libyaml-0-2"
#endif

#define OE_FUNCTIONS(X)                                                                                               \
    X(yaml_parser_initialize) X(yaml_parser_delete) X(yaml_parser_set_input_string)                                   \
    X(yaml_parser_set_encoding) X(yaml_parser_parse) X(yaml_event_delete)

#include "../CSystem/Library.h"

int oe_yaml_open(const char **reason) { return oe_library_is_open(reason); }

struct oe_yaml {
    yaml_parser_t parser;
    yaml_event_t event;
    int has_event;
};

oe_yaml *oe_yaml_make(const unsigned char *bytes, size_t count) {
    oe_yaml *reader = calloc(1, sizeof *reader);
    if (!reader) return NULL;
    if (!p_yaml_parser_initialize(&reader->parser)) {
        free(reader);
        return NULL;
    }
    p_yaml_parser_set_input_string(&reader->parser, bytes, count);
    p_yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    return reader;
}

void oe_yaml_free(oe_yaml *reader) {
    if (reader->has_event) p_yaml_event_delete(&reader->event);
    p_yaml_parser_delete(&reader->parser);
    free(reader);
}

static void describe(const yaml_event_t *event, oe_yaml_event *out) {
    switch (event->type) {
    case YAML_STREAM_END_EVENT: out->kind = oe_yaml_end; break;
    case YAML_DOCUMENT_START_EVENT: out->kind = oe_yaml_document; break;
    case YAML_DOCUMENT_END_EVENT:
        out->kind = oe_yaml_document_end;
        out->is_marked = !event->data.document_end.implicit;
        break;
    case YAML_ALIAS_EVENT: out->kind = oe_yaml_alias; break;
    case YAML_SCALAR_EVENT:
        out->kind = oe_yaml_scalar;
        out->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        out->is_marked = event->data.scalar.anchor || event->data.scalar.tag;
        out->text = (const char *)event->data.scalar.value;
        out->length = event->data.scalar.length;
        break;
    case YAML_SEQUENCE_START_EVENT:
        out->kind = oe_yaml_list;
        out->is_flow = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        out->is_marked = event->data.sequence_start.anchor || event->data.sequence_start.tag;
        break;
    case YAML_SEQUENCE_END_EVENT: out->kind = oe_yaml_list_end; break;
    case YAML_MAPPING_START_EVENT:
        out->kind = oe_yaml_map;
        out->is_flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        out->is_marked = event->data.mapping_start.anchor || event->data.mapping_start.tag;
        break;
    case YAML_MAPPING_END_EVENT: out->kind = oe_yaml_map_end; break;
    default: break;
    }
}

int oe_yaml_next(oe_yaml *reader, oe_yaml_event *out, const char **problem, size_t *line, size_t *column) {
    if (reader->has_event) p_yaml_event_delete(&reader->event);
    reader->has_event = p_yaml_parser_parse(&reader->parser, &reader->event);
    if (!reader->has_event) {
        *problem = reader->parser.problem ? reader->parser.problem : "it cannot be read";
        *line = reader->parser.problem_mark.line;
        *column = reader->parser.problem_mark.column;
        return 0;
    }
    *out = (oe_yaml_event){.start = reader->event.start_mark.index, .end = reader->event.end_mark.index};
    describe(&reader->event, out);
    return 1;
}
