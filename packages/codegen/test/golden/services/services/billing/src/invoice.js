console.log(process.env.CURRENCY, process.env.INVOICE_PREFIX)
