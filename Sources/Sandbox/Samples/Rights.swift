/// One right in the warehouse itself.
struct SampleRight: Sendable {
    let holder: String
    let asset: Int
    let privileges: [String]

    init(_ holder: String, _ asset: Int, _ privileges: String...) {
        self.holder = holder
        self.asset = asset
        self.privileges = privileges
    }
}

/// Who may do what in the warehouse; the shop's other systems keep their rights to themselves.
enum SampleRights {
    static let connection = 20

    /// Roles with those who are in them.
    static let members: [(role: String, users: [String])] = [
        ("ANALYST", ["aiko", "mira"]), ("LOADER", ["svc_night"]), ("FINANCE_READER", ["pablo"]),
    ]

    /// On schemas, tables and columns; a holder in capitals is a role.
    static let all = [
        SampleRight("ANALYST", 102, "USAGE"), SampleRight("ANALYST", 501, "SELECT"),
        SampleRight("ANALYST", 503, "SELECT"), SampleRight("ANALYST", 504, "SELECT"),
        SampleRight("ANALYST", 512, "SELECT"), SampleRight("LOADER", 101, "USAGE", "CREATE TABLE"),
        SampleRight("LOADER", 411, "SELECT", "INSERT", "DELETE"), SampleRight("LOADER", 501, "INSERT", "UPDATE"),
        SampleRight("FINANCE_READER", 521, "SELECT"), SampleRight("FINANCE_READER", 522, "SELECT"),
        SampleRight("tariq", 501, "OWNERSHIP"), SampleRight("tariq", 511, "OWNERSHIP"),
        SampleRight("lena", 511, "SELECT"),
    ]

    static func users(of role: String) -> [String] { members.first { $0.role.equals(role) }?.users ?? [] }

    static func roles(of user: String) -> [String] {
        members.filter { $0.users.contains { $0.equals(user) } }.map { $0.role }
    }
}
