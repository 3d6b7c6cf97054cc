/// Kinds of writes that are allowed or not together (`OVALEDGE_ALLOW_WRITES`).
package enum WriteFamily: String, CaseIterable, Sendable {
    /// Terms, tags, roles, custom fields and critical data elements.
    case governance
    case descriptions
    /// Data quality rules, and queries run to try them.
    case quality
    case serviceDesk = "service_desk"
}
