print("onesheet")
