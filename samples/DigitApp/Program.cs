using ConvNN.Formats;
using ConvNN.Pictures;
using ConvNN.Pictures.Formats;

// digitapp MODEL PICTURE: a trained network, and a picture of a digit, such as a photo.
Classifier classifier = Classifier.Load(args[0]);
Prediction digit = classifier.Predict(PictureFile.Read(args[1]));

Console.WriteLine($"This is a {digit.Class}, with a probability of {digit.Probability:P1}.");
foreach ((int number, float probability) in digit.Probabilities.Index())
{
    Console.WriteLine($"{number}  {new string('█', (int)(40 * probability)),-40} {probability:P1}");
}
