extension SampleText {
    /// The warehouse's raw, sales and customer schemas.
    static let warehouse = """
        oetable 411 101 raw_orders
          about Last night's copy of the shop's orders.
          tableType TABLE
          rowCount 184103
          popularity 15
          createdDate 2024-02-01
          col 41101 | ID | NUMBER | nulls=0 | distinct=184103
          col 41102 | PAYLOAD | VARIANT | nulls=0
          col 41103 | LOADED_AT | TIMESTAMP_NTZ | nulls=0 | max=2026-06-01T02:14:09
        oetable 412 101 raw_customers
          about Last night's copy of the shop's customers.
          tableType TABLE
          rowCount 52098
          popularity 11
          tags Personal data
          classifications PII
          createdDate 2024-02-01
          col 41201 | ID | NUMBER | nulls=0 | distinct=52098
          col 41202 | EMAIL | VARCHAR | nulls=203 | distinct=51895 | tags=Email | classifications=PII
        oetable 501 102 orders
          about One row per order, cleaned: tests and duplicates removed, amounts in euros.
          technical Merged every night from stg_orders on order_id; clustered by order_date.
          tableType TABLE
          rowCount 182960
          popularity 97
          rating 4.8
          dqIndex 91
          curationScore 86
          nullDensity 1.4
          density 98.6
          certification certified
          criticalDataElement Yes
          tags Revenue data, Gold
          terms Order, Net revenue
          classifications Confidential
          sensitivity Internal
          dataProducts Order insights
          dataDomains Sales
          custom Region=EMEA, Retention=10 years
          createdDate 2024-02-03
          col 50101 | order_id | NUMBER | pk | nulls=0 | distinct=182960 | min=1 | max=184220 | criticalDataElement=Yes
          col 50102 | customer_id | NUMBER | nulls=0 | distinct=51022 | ref=511.customer_id | criticalDataElement=Yes
          col 50103 | order_date | DATE | nulls=0 | distinct=929 | min=2023-11-15 | max=2026-05-31 | terms=Order date
          col 50104 | status | VARCHAR(20) | nulls=0 | distinct=5 | top=shipped:150911, paid:19100, returned:8204
          col 50105 | net_amount | NUMBER(12,2) | nulls=14 | distinct=40233 | min=0.00 | max=11889.40 | terms=Net revenue
          col 50106 | channel | VARCHAR(10) | nulls=12604 | distinct=3 | top=web:141020, app:28911, shop:425
        oetable 502 102 stg_orders
          about Orders taken apart from their JSON; the step between raw_orders and orders.
          tableType TABLE
          rowCount 184103
          popularity 19
          createdDate 2024-02-03
          col 50201 | order_id | NUMBER | nulls=0 | distinct=184103
          col 50202 | state | VARCHAR | nulls=0 | distinct=6
        oetable 503 102 order_items
          about One row per article of an order, with the price that was paid.
          tableType TABLE
          rowCount 608411
          popularity 74
          rating 4.2
          dqIndex 88
          certification certified
          tags Revenue data
          dataProducts Order insights
          createdDate 2024-02-10
          col 50301 | order_id | NUMBER | nulls=0 | distinct=182960 | ref=501.order_id
          col 50302 | sku | VARCHAR(16) | nulls=0 | distinct=3010 | ref=505.sku
          col 50303 | quantity | NUMBER | nulls=0 | min=1 | max=400
          col 50304 | paid_price | NUMBER(12,2) | nulls=2 | min=0.00 | max=2499.00
        oetable 504 102 revenue_daily
          about Net revenue by day and channel, the source of the sales reports.
          lockedRoles steward
          tableType VIEW
          rowCount 2787
          popularity 90
          rating 4.6
          dqIndex 93
          certification certified
          criticalDataElement Yes
          tags Revenue data, Gold
          terms Net revenue
          dataProducts Order insights
          createdDate 2024-03-01
          col 50401 | day | DATE | nulls=0 | distinct=929 | min=2023-11-15 | max=2026-05-31
          col 50402 | channel | VARCHAR(10) | nulls=0 | distinct=3 | top=web:929, app:929, shop:929
          col 50403 | net_revenue | NUMBER(14,2) | nulls=0 | min=120.10 | max=98211.75 | criticalDataElement=Yes | terms=Net revenue
        oetable 505 102 products
          about Articles with their group and supplier.
          tableType TABLE
          rowCount 3105
          popularity 52
          rating 3.9
          dqIndex 83
          createdDate 2024-02-10
          col 50501 | sku | VARCHAR(16) | pk | nulls=0 | distinct=3105
          col 50502 | title | VARCHAR | nulls=0 | distinct=3084
          col 50503 | product_group | VARCHAR(30) | nulls=41 | distinct=14 | top=Pots:612, Perennials:590, Seeds:488
        oetable 511 103 customers
          about One row per customer account, without those who asked to be forgotten.
          technical Emails are hashed with SHA-256 before they enter any report.
          tableType TABLE
          rowCount 51022
          popularity 82
          rating 4.1
          dqIndex 84
          certification certified
          criticalDataElement Yes
          tags Personal data, Gold
          terms Customer
          classifications PII, Confidential
          sensitivity Restricted
          dataProducts Customer 360
          dataDomains Customer
          custom Region=EMEA, Retention=3 years
          createdDate 2024-03-12
          col 51101 | customer_id | NUMBER | pk | nulls=0 | distinct=51022 | criticalDataElement=Yes
          col 51102 | email | VARCHAR | nulls=198 | distinct=50824 | tags=Email | classifications=PII | criticalDataElement=Yes
          col 51103 | first_name | VARCHAR | nulls=77 | distinct=6120 | tags=Personal data | classifications=PII
          col 51104 | country | CHAR(2) | nulls=0 | distinct=19 | top=DE:20114, FR:9120, NL:7033
          col 51105 | joined_on | DATE | nulls=0 | min=2023-11-15 | max=2026-05-31
        oetable 512 103 customer_segments
          about Which group each customer belongs to this month.
          tableType TABLE
          rowCount 51022
          popularity 44
          dqIndex 66
          certification caution
          terms Customer segment
          dataProducts Customer 360
          createdDate 2024-09-17
          col 51201 | customer_id | NUMBER | nulls=0 | distinct=51022 | ref=511.customer_id
          col 51202 | segment | VARCHAR(20) | nulls=310 | distinct=5 | top=Regular:30110, New:11020, Asleep:7012
        oetable 513 103 newsletter_tmp
          lockedMark yes
          tableType TABLE
          owner none
          steward none
          custodian none
          rowCount 0
          popularity 0
          col 51301 | mail | VARCHAR
          col 51302 | flag | VARCHAR
        oequery 601 20 load_orders
          about Takes the nightly order file apart and fills raw_orders.
          popularity 8
          createdDate 2024-02-01
        oequery 602 20 daily_revenue
          about Adds up net amounts by day and channel.
          popularity 26
          createdDate 2024-03-01
        oequery 603 20 churn_candidates
          about Customers without an order in the last 200 days.
          popularity 18
          createdDate 2024-10-30
        """
}
