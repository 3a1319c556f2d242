using ConvNN.App.Configuration;
using ConvNN.App.Reports;
using ConvNN.App.Runs;
using ConvNN.Data;
using ConvNN.Kernels;
using ConvNN.Kernels.Elementwise;

namespace ConvNN.App.Commands.Models;

/// <summary>Rows of a page: a few training images, and what the augmentation made of them in the first epochs of the run.</summary>
/// <param name="record">The run.</param>
/// <param name="run">Its configuration.</param>
/// <param name="data">The dataset that the report has.</param>
internal sealed class AugmentedPictures(RunRecord record, RunConfiguration run, DatasetPair data)
{
    private const int Images = 3;
    private const int Forms = 7;
    private const float White = 255;

    /// <summary>The rows; none without augmentation, and for a report on other data than the run's.</summary>
    public IEnumerable<string> Html()
    {
        if (record.Dataset.FirstDifference(DatasetRecord.Of(data)) is not null || run.Training.Augmentation.Create(data.Train.Shape, run.Training.Seed) is not { } augmentation)
        {
            yield break;
        }

        ImageDataset train = RunMaterial.Of(run with { Weights = null }, data).Data.Train;
        yield return $"<h2>Augmentation</h2><p class=\"faint\">{HtmlPage.Escape($"{run.Training.Augmentation}")}: training images, and what becomes of them in the first {Forms} epochs of a run.</p>";
        for (int index = 0; index < Math.Min(Images, train.Count); index++)
        {
            yield return "<div class=\"tiles row\">";
            yield return Tile(train.Image(index).ToArray(), train, "as it is");
            for (int epoch = 1; epoch <= Forms; epoch++)
            {
                float[] image = new float[train.Shape.Count];
                ConvertKernels.ToUnit(train.Image(index), image, KernelSet.BestTier);
                augmentation.Apply(image, epoch, index);
                yield return Tile([.. image.Select(value => (byte)Math.Clamp(MathF.Round(White * value), 0, White))], train, $"epoch {epoch}");
            }

            yield return "</div>";
        }
    }

    private static string Tile(byte[] planes, ImageDataset train, string name) =>
        $"<div class=\"tile\">{HtmlPage.Image(Planes.ToPicture(planes, train.Shape), name)}{name}</div>";
}
