System.Console.WriteLine("convnn");
