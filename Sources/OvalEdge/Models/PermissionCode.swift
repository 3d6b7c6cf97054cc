/// What the short names of permissions in the catalog stand for.
package enum PermissionCode {
    /// Nil for a code that is not known here.
    package static func meaning(of code: String) -> String? { meanings[code.uppercased()] }

    private static let meanings: [String: String] = [
        "MR": "metadata: read", "MW": "metadata: read and write", "DNA": "data: no access", "DN": "data: no access",
        "DP": "data: preview", "DPR": "data: preview", "DR": "data: read", "DW": "data: read and write",
    ]
}
