using ConvNN.Training.Evaluation;

namespace ConvNN.Training.Tests.Evaluation;

public class ConfusionMatrixTests
{
    /// <summary>Class 0: 3 of 4 found; class 1: 2 of 3, and one of class 0 taken for it; class 2 has no sample and was chosen once.</summary>
    private static ConfusionMatrix Example()
    {
        ConfusionMatrix matrix = new(3);
        foreach ((int label, int predicted) in new[] { (0, 0), (0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (1, 2) })
        {
            matrix.Add(label, predicted);
        }

        return matrix;
    }

    [Fact]
    public void Add_Samples_AreCountedByLabelAndChoice()
    {
        ConfusionMatrix matrix = Example();

        Assert.Equal((3, 1, 0), (matrix[0, 0], matrix[0, 1], matrix[0, 2]));
        Assert.Equal((4, 3, 0), (matrix.Support(0), matrix.Support(1), matrix.Support(2)));
        Assert.Equal((3, 3, 1), (matrix.Predicted(0), matrix.Predicted(1), matrix.Predicted(2)));
        Assert.Equal((7, 5, 5.0 / 7), (matrix.Samples, matrix.Correct, matrix.Accuracy!.Value));
        Assert.Equal(WilsonInterval.Of(5, 7), matrix.Interval);
    }

    [Fact]
    public void PrecisionAndRecall_EachClass_AreSharesOfColumnAndRow()
    {
        ConfusionMatrix matrix = Example();

        Assert.Equal([1.0, 2.0 / 3, 0.0], Enumerable.Range(0, 3).Select(label => matrix.Precision(label)));
        Assert.Equal([3.0 / 4, 2.0 / 3, null], Enumerable.Range(0, 3).Select(label => matrix.Recall(label)));
        Assert.Equal([6.0 / 7, 4.0 / 6, 0.0], Enumerable.Range(0, 3).Select(label => matrix.F1(label)));
    }

    [Fact]
    public void Shares_WithoutSamples_AreNull()
    {
        ConfusionMatrix matrix = new(2);

        Assert.Equal((null, null, null), (matrix.Accuracy, matrix.Precision(0), matrix.F1(1)));
        Assert.Null(matrix.Interval);
    }

    [Fact]
    public void Add_ClassThatIsNone_IsRefused()
    {
        ConfusionMatrix matrix = Example();

        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add(3, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add(0, -1));
    }

    [Fact]
    public void TopK_TiesAndOrder_FollowWhatTheNetworkChooses()
    {
        ClassificationReport report = new(3);
        report.Add([0.5f, 0.3f, 0.2f], label: 0);        // first
        report.Add([0.4f, 0.4f, 0.2f], label: 1);        // equal to class 0, which comes first: second
        report.Add([0.1f, 0.6f, 0.3f], label: 0);        // third

        Assert.Equal([1.0 / 3, 2.0 / 3, 1.0, 1.0], Enumerable.Range(1, 4).Select(k => report.TopK(k)));
        Assert.Equal(report.TopK(1), report.Confusion.Accuracy);
        Assert.Throws<ArgumentException>(() => report.Add([0.5f, 0.5f], label: 0));
    }
}
