using ConvNN.Formats;

// digitapp MODEL PICTURE: a trained network, and a picture of a digit, such as a photo.
Classifier classifier = Classifier.Load(args[0]);
Prediction digit = classifier.PredictFile(args[1]);

Console.WriteLine($"This is a {digit.Name}, with a probability of {digit.Probability:P1}.");
foreach ((int label, float probability) in digit.Probabilities.Index())
{
    Console.WriteLine($"{classifier.NameOf(label)}  {new string('█', (int)(40 * probability)),-40} {probability:P1}");
}
