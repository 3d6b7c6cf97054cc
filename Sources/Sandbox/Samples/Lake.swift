extension SampleText {
    /// Files that arrive or leave.
    static let lake = """
        filefolder 121 22 incoming
        filefolder 122 22 outgoing
        oefile 701 121 orders_export.jsonl
          about The shop's orders, exported every night at two.
          rowCount 184220
          popularity 14
          dqIndex 74
          createdDate 2024-02-01
          col 70101 | id | integer | nulls=0 | distinct=184220
          col 70102 | customer | object | nulls=0
          col 70103 | total_cents | integer | nulls=12
        oefile 702 121 supplier_prices.csv
          about Price lists as suppliers send them.
          rowCount 9120
          popularity 10
          dqIndex 48
          certification caution
          createdDate 2024-02-19
          col 70201 | sku | string | nulls=17 | distinct=3301
          col 70202 | price | string | nulls=88 | about=Comma or point, as the sender likes.
        oefile 703 121 carrier_scans.parquet
          about Scans of parcels by the carriers.
          rowCount 990122
          popularity 7
          createdDate 2024-06-03
          col 70301 | parcel_no | string | nulls=0
          col 70302 | scanned_at | timestamp | nulls=4
        oefile 711 122 revenue_for_tax.csv
          about Revenue by month for the tax adviser.
          rowCount 31
          popularity 20
          certification certified
          tags Revenue data
          classifications Confidential
          createdDate 2024-04-10
          col 71101 | month | string | nulls=0 | distinct=31
          col 71102 | net_revenue | decimal | nulls=0
        """

    /// Reports and the charts in them.
    static let reports = """
        oedomain 131 23 Management
        oedomain 132 23 Marketing
        oechart 801 131 Sales overview
          about Revenue, orders and returns at a glance; read by everyone on Monday.
          reportType Dashboard
          rating 4.7
          popularity 95
          certification certified
          terms Net revenue
          tags Gold
          dataProducts Order insights
          createdDate 2024-03-08
        chartchild 811 801 Revenue by week
          about Net revenue by week, against the year before.
          popularity 60
        chartchild 812 801 Orders by channel
          popularity 31
        chartchild 813 801 Return rate
          about Returned parcels per hundred orders.
          popularity 28
        oechart 802 132 Customer health
          about New, regular and sleeping customers.
          owner lena
          reportType Dashboard
          rating 3.8
          popularity 37
          createdDate 2024-10-01
        chartchild 821 802 Customers by segment
          popularity 12
        """
}
