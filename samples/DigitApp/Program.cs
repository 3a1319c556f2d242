using ConvNN.Formats;

// digitapp MODEL PICTURE: a trained network, and a picture in the format PGM, "P5 28 28 255" and a byte a pixel.
Classifier classifier = Classifier.Load(args[0]);
byte[] picture = File.ReadAllBytes(args[1]);
Prediction digit = classifier.Predict(picture.AsSpan()[^classifier.Network.Input.Count..]);

Console.WriteLine($"This is a {digit.Class}, with a probability of {digit.Probability:P1}.");
foreach ((int number, float probability) in digit.Probabilities.Index())
{
    Console.WriteLine($"{number}  {new string('█', (int)(40 * probability)),-40} {probability:P1}");
}
