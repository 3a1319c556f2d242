using ConvNN.Formats;
using ConvNN.Model;

// Says what each picture shows.
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: nameit MODEL PICTURE…");
    return 2;
}

try
{
    Classifier classifier = Classifier.Load(args[0]);
    foreach (string picture in args[1..])
    {
        Prediction shown = classifier.PredictFile(picture);
        Console.WriteLine($"{picture}: {shown.Name} ({shown.Probability:P1})");
    }

    return 0;
}
catch (ConvNNException fault)   // a file is missing or damaged
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}
