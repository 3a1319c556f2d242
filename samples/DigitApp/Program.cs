using ConvNN.Formats;
using ConvNN.Model;

// A trained network, and a picture of a digit, such as a photo.
if (args is not [string model, string picture])
{
    Console.Error.WriteLine("usage: digitapp MODEL PICTURE");
    return 2;
}

try
{
    Classifier classifier = Classifier.Load(model);
    Prediction digit = classifier.PredictFile(picture);
    Console.WriteLine($"This is a {digit.Name}, with a probability of {digit.Probability:P1}.");
    foreach ((int label, float probability) in digit.Probabilities.Index())
    {
        Console.WriteLine($"{classifier.NameOf(label)}  {new string('█', (int)(40 * probability)),-40} {probability:P1}");
    }

    return 0;
}
catch (ConvNNException fault)   // a file is missing or damaged
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}
