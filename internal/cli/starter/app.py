# The Lambda function price: aslocal runs it as a process of this machine.


def handler(event, context):
    total = sum(line["price"] * line["quantity"] for line in event["lines"])
    print("the total is", total)  # aslocal serve shows it
    return {"total": total}
