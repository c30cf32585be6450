package main

import "os"

func main() { println(os.Getenv("ODD_MODE")) }
