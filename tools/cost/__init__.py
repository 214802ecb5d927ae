"""What a recorded run costs at AWS: units as AWS bills them, dated list prices, a bill."""
