using ConvNN.Formats;

// nameit MODEL PICTURE…: says what each picture shows.
Classifier classifier = Classifier.Load(args[0]);
foreach (string picture in args[1..])
{
    Prediction shown = classifier.PredictFile(picture);
    Console.WriteLine($"{picture}: {shown.Name} ({shown.Probability:P1})");
}
