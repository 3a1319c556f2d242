using ConvNN.Training.Pipeline.Tuning;

namespace ConvNN.Training.Tests.Pipeline.Tuning;

public class EvaluationChoiceTests
{
    /// <summary>First the number of training, then the most, then the faster one; every sixteenth time the other.</summary>
    [Theory]
    [InlineData(10_000, 20_000, "1 2 2 2 2 2 2 2 2 2 2 2 2 2 2 1 2 2")]
    [InlineData(20_000, 10_000, "1 2 1 1 1 1 1 1 1 1 1 1 1 1 1 2 1 1")]
    public void Next_BothMeasured_IsTheFaster(double one, double two, string expected)
    {
        EvaluationChoice choice = new();

        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, 18).Select(_ => Evaluate(choice, threads => threads == 1 ? one : two))));
    }

    [Fact]
    public void Next_MostFallBehind_IsTheNumberOfTrainingFromTheNextEvaluationOn()
    {
        EvaluationChoice choice = new();
        Evaluate(choice, _ => 10_000);
        Evaluate(choice, _ => 20_000);

        Assert.Equal([2, 1, 1], Enumerable.Range(0, 3).Select(_ => Evaluate(choice, threads => threads == 1 ? 10_000 : 5_000)));
    }

    private static int Evaluate(EvaluationChoice choice, Func<int, double> rateOf)
    {
        int threads = choice.Next(training: 1, most: 2);
        choice.Observe(threads, rateOf(threads));
        return threads;
    }
}
