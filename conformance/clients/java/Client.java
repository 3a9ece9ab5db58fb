import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.*;

/**
 * All actions of Step Functions with the AWS SDK for Java, and a check of each answer.
 *
 * <pre>java Client.java FOLDER    the folder has the definitions of the state machines</pre>
 *
 * A line for each step says what came of it: "ok", a tab, the name of the step; or "differs",
 * the name and why. The endpoint and the rest come from the environment.
 */
public class Client {
    static final String ROLE = "arn:aws:iam::123456789012:role/test";
    static final String PREFIX = "arn:aws:states:us-east-1:123456789012:";
    static final String CHECK = machine("check"), WORK = machine("work"), EACH = machine("each");

    static final SfnClient client = SfnClient.builder()
            // StartSyncExecution and TestState would look for the host sync-127.0.0.1.
            .overrideConfiguration(o -> o.putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true))
            // GetActivityTask is answered after 60 seconds if there is no task.
            .httpClient(UrlConnectionHttpClient.builder().socketTimeout(Duration.ofSeconds(70)).build())
            .build();

    static Path folder;

    interface Body {
        void run() throws Exception;
    }

    static void step(String name, Body body) {
        try {
            body.run();
            System.out.println("ok\t" + name);
        } catch (Exception | AssertionError e) {
            System.out.println("differs\t" + name + "\t" + e.toString().replaceAll("\\s+", " "));
        }
    }

    static void equal(Object got, Object want) {
        if (!want.equals(got)) {
            throw new AssertionError("got " + got + ", want " + want);
        }
    }

    static void recent(Instant date) {
        if (date == null || Duration.between(date, Instant.now()).abs().compareTo(Duration.ofHours(1)) > 0) {
            throw new AssertionError("got " + date + ", want a time of today");
        }
    }

    /** Checks that a call is refused with an exception of exactly that class. */
    static void raises(Class<? extends SfnException> exception, Callable<?> call) throws Exception {
        try {
            call.call();
        } catch (SfnException e) {
            if (e.getClass() == exception && !e.awsErrorDetails().errorMessage().isEmpty()) {
                return;
            }
            throw e;
        }
        throw new AssertionError("no " + exception.getSimpleName());
    }

    /** Asks until the answer is there. */
    static <T> T until(Callable<T> ask) throws Exception {
        for (;;) {
            T answer = ask.call();
            if (answer != null) {
                return answer;
            }
            Thread.sleep(50);
        }
    }

    static String machine(String name) {
        return PREFIX + "stateMachine:" + name;
    }

    static String activity(String name) {
        return PREFIX + "activity:" + name;
    }

    static String definition(String name) throws Exception {
        return Files.readString(folder.resolve(name + ".asl.json"));
    }

    static CreateStateMachineResponse create(String name, String of, StateMachineType type) throws Exception {
        String definition = definition(of);
        return client.createStateMachine(r -> r.name(name).definition(definition).roleArn(ROLE).type(type));
    }

    static String start(String machine, String name, String input) {
        return client.startExecution(r -> r.stateMachineArn(machine).name(name).input(input)).executionArn();
    }

    /** Waits for the end of an execution. */
    static DescribeExecutionResponse ended(String execution) throws Exception {
        return until(() -> {
            DescribeExecutionResponse answer = client.describeExecution(r -> r.executionArn(execution));
            return answer.status() == ExecutionStatus.RUNNING ? null : answer;
        });
    }

    static GetActivityTaskResponse task(String name) {
        return client.getActivityTask(r -> r.activityArn(activity(name)).workerName("java"));
    }

    static String first, worked, stopped, mapped, run;
    static GetActivityTaskResponse taken;

    public static void main(String[] arguments) {
        folder = Path.of(arguments[0]);

        step("CreateActivity", () -> {
            for (String name : List.of("work", "a", "b")) {
                CreateActivityResponse answer = client.createActivity(r -> r.name(name).tags(t -> t.key("team").value("blue")));
                equal(answer.activityArn(), activity(name));
                recent(answer.creationDate());
            }
            raises(InvalidNameException.class, () -> client.createActivity(r -> r.name("a b")));
        });

        step("CreateStateMachine", () -> {
            CreateStateMachineResponse answer = create("check", "check", StateMachineType.STANDARD);
            equal(answer.stateMachineArn(), CHECK);
            recent(answer.creationDate());
            for (String name : List.of("work", "callback", "each")) {
                create(name, name, StateMachineType.STANDARD);
            }
            create("quote", "check", StateMachineType.EXPRESS);
            raises(StateMachineAlreadyExistsException.class, () -> create("check", "work", StateMachineType.STANDARD));
            raises(InvalidDefinitionException.class, () -> client.createStateMachine(r -> r.name("broken").definition("{}").roleArn(ROLE)));
        });

        step("DescribeStateMachine", () -> {
            DescribeStateMachineResponse answer = client.describeStateMachine(r -> r.stateMachineArn(CHECK));
            equal(answer.definition(), definition("check"));
            equal(answer.type(), StateMachineType.STANDARD);
            equal(answer.status(), StateMachineStatus.ACTIVE);
            recent(answer.creationDate());
            raises(StateMachineDoesNotExistException.class, () -> client.describeStateMachine(r -> r.stateMachineArn(CHECK + "x")));
        });

        step("ListStateMachines", () -> {
            equal(client.listStateMachinesPaginator(r -> r.maxResults(2)).stateMachines().stream().map(StateMachineListItem::name).sorted().toList(),
                    List.of("callback", "check", "each", "quote", "work"));
            raises(InvalidTokenException.class, () -> client.listStateMachines(r -> r.nextToken("x")));
        });

        step("ValidateStateMachineDefinition", () -> {
            String definition = definition("check");
            equal(client.validateStateMachineDefinition(r -> r.definition(definition)).result(), ValidateStateMachineDefinitionResultCode.OK);
            ValidateStateMachineDefinitionResponse answer = client.validateStateMachineDefinition(r -> r.definition("{}"));
            equal(answer.result(), ValidateStateMachineDefinitionResultCode.FAIL);
            equal(answer.diagnostics().get(0).severity(), ValidateStateMachineDefinitionSeverity.ERROR);
        });

        step("DescribeActivity", () -> {
            equal(client.describeActivity(r -> r.activityArn(activity("work"))).name(), "work");
            raises(ActivityDoesNotExistException.class, () -> client.describeActivity(r -> r.activityArn(activity("none"))));
        });

        step("ListActivities", () -> equal(client.listActivitiesPaginator(r -> r.maxResults(2)).activities().stream().map(ActivityListItem::name).toList(),
                List.of("a", "b", "work")));

        step("DeleteActivity", () -> {
            for (String name : List.of("a", "b")) {
                client.deleteActivity(r -> r.activityArn(activity(name)));
            }
            equal(client.listActivities().activities().size(), 1);
        });

        step("TagResource", () -> {
            client.tagResource(r -> r.resourceArn(CHECK).tags(t -> t.key("team").value("blue"), t -> t.key("cost").value("7")));
            raises(ResourceNotFoundException.class, () -> client.tagResource(r -> r.resourceArn(CHECK + "x").tags(List.of())));
        });

        step("UntagResource", () -> client.untagResource(r -> r.resourceArn(CHECK).tagKeys("cost")));

        step("ListTagsForResource", () -> equal(client.listTagsForResource(r -> r.resourceArn(CHECK)).tags(),
                List.of(Tag.builder().key("team").value("blue").build())));

        step("StartExecution", () -> {
            StartExecutionResponse answer = client.startExecution(r -> r.stateMachineArn(CHECK).name("first").input("{\"n\": 1}"));
            first = answer.executionArn();
            equal(first, PREFIX + "execution:check:first");
            recent(answer.startDate());
            ended(first);
            raises(ExecutionAlreadyExistsException.class, () -> start(CHECK, "first", "{}"));
            raises(InvalidExecutionInputException.class, () -> start(CHECK, null, "{"));
            raises(ValidationException.class, () -> start(CHECK, "n".repeat(81), "{}"));
        });

        step("DescribeExecution", () -> {
            DescribeExecutionResponse answer = client.describeExecution(r -> r.executionArn(first));
            equal(answer.status(), ExecutionStatus.SUCCEEDED);
            equal(answer.output(), "{\"n\":1}");
            equal(answer.redriveCount(), 0);
            recent(answer.stopDate());
            DescribeExecutionResponse refused = ended(start(CHECK, null, "{\"refuse\": true}"));
            equal(List.of(refused.statusAsString(), refused.error(), refused.cause()), List.of("FAILED", "Refused", "as asked"));
            raises(ExecutionDoesNotExistException.class, () -> client.describeExecution(r -> r.executionArn(first + "x")));
        });

        step("GetExecutionHistory", () -> {
            List<HistoryEvent> events = client.getExecutionHistoryPaginator(r -> r.executionArn(first).maxResults(2)).events().stream().toList();
            equal(events.stream().map(HistoryEvent::id).toList(), List.of(1L, 2L, 3L, 4L, 5L, 6L));
            equal(events.get(5).executionSucceededEventDetails().output(), "{\"n\":1}");
            recent(events.get(0).timestamp());
            equal(client.getExecutionHistory(r -> r.executionArn(first).reverseOrder(true).maxResults(1)).events().get(0).id(), 6L);
        });

        step("DescribeStateMachineForExecution", () -> {
            DescribeStateMachineForExecutionResponse answer = client.describeStateMachineForExecution(r -> r.executionArn(first));
            equal(answer.stateMachineArn(), CHECK);
            equal(answer.definition(), definition("check"));
            recent(answer.updateDate());
        });

        step("concurrency", () -> {
            var pool = Executors.newFixedThreadPool(50);
            try {
                List<Future<String>> started = new ArrayList<>();
                for (int n = 0; n < 50; n++) {
                    String number = String.valueOf(n);
                    started.add(pool.submit(() -> start(CHECK, "many-" + number, number)));
                }
                for (int n = 0; n < 50; n++) {
                    equal(ended(started.get(n).get()).output(), String.valueOf(n));
                }
            } finally {
                pool.shutdown();
            }
        });

        step("ListExecutions", () -> {
            List<ExecutionListItem> done = client.listExecutionsPaginator(r -> r.stateMachineArn(CHECK).statusFilter(ExecutionStatus.SUCCEEDED).maxResults(2))
                    .executions().stream().toList();
            equal(done.stream().map(ExecutionListItem::name).sorted().toList(),
                    Stream.concat(Stream.of("first"), IntStream.range(0, 50).mapToObj(n -> "many-" + n)).sorted().toList());
            recent(done.get(0).stopDate());
            raises(ValidationException.class, () -> client.listExecutions(r -> r.maxResults(1)));
        });

        // A worker polls before there is work: the poll is answered when there is.
        step("GetActivityTask", () -> {
            CompletableFuture<GetActivityTaskResponse> polled = CompletableFuture.supplyAsync(() -> task("work"));
            worked = start(WORK, "worked", "{\"n\": 2}");
            taken = polled.get();
            equal(taken.input(), "{\"n\":2}");
            raises(ActivityDoesNotExistException.class, () -> task("none"));
        });

        step("SendTaskHeartbeat", () -> {
            client.sendTaskHeartbeat(r -> r.taskToken(taken.taskToken()));
            raises(InvalidTokenException.class, () -> client.sendTaskHeartbeat(r -> r.taskToken("x")));
        });

        step("SendTaskSuccess", () -> {
            client.sendTaskSuccess(r -> r.taskToken(taken.taskToken()).output("{\"done\": true}"));
            equal(ended(worked).output(), "{\"done\":true}");
            raises(TaskTimedOutException.class, () -> client.sendTaskSuccess(r -> r.taskToken(taken.taskToken()).output("1")));
        });

        step("SendTaskFailure", () -> {
            String failed = start(WORK, null, "{}");
            String token = task("work").taskToken();
            client.sendTaskFailure(r -> r.taskToken(token).error("Broken").cause("it fell"));
            equal(ended(failed).error(), "Broken");
        });

        step("callback", () -> {
            String asked = start(machine("callback"), "asked", "{}");
            String input = until(() -> {
                try {
                    return client.describeExecution(r -> r.executionArn(PREFIX + "execution:check:asked")).input();
                } catch (ExecutionDoesNotExistException e) {
                    return null;
                }
            });
            String token = input.replaceAll(".*\"token\" *: *\"([^\"]+)\".*", "$1");
            client.sendTaskSuccess(r -> r.taskToken(token).output("\"answered\""));
            equal(ended(asked).output(), "\"answered\"");
        });

        step("StopExecution", () -> {
            stopped = start(WORK, "stopped", "{}");
            recent(client.stopExecution(r -> r.executionArn(stopped).error("Enough").cause("no reason")).stopDate());
            equal(client.describeExecution(r -> r.executionArn(stopped)).status(), ExecutionStatus.ABORTED);
        });

        step("RedriveExecution", () -> {
            recent(client.redriveExecution(r -> r.executionArn(stopped)).redriveDate());
            String token = task("work").taskToken();
            client.sendTaskSuccess(r -> r.taskToken(token).output("3"));
            DescribeExecutionResponse answer = ended(stopped);
            equal(answer.output(), "3");
            equal(answer.redriveCount(), 1);
            raises(ExecutionNotRedrivableException.class, () -> client.redriveExecution(r -> r.executionArn(first)));
        });

        step("ListMapRuns", () -> {
            mapped = start(EACH, null, "[{\"seconds\": 3600}, {\"seconds\": 3600}, {\"seconds\": 3600}]");
            MapRunListItem found = until(() -> client.listMapRunsPaginator(r -> r.executionArn(mapped).maxResults(2)).mapRuns().stream().findFirst().orElse(null));
            equal(found.stateMachineArn(), EACH + "/Each");
            recent(found.startDate());
            run = found.mapRunArn();
        });

        step("DescribeMapRun", () -> {
            DescribeMapRunResponse answer = until(() -> {
                DescribeMapRunResponse now = client.describeMapRun(r -> r.mapRunArn(run));
                return now.itemCounts().running() > 0 ? now : null;
            });
            equal(answer.status(), MapRunStatus.RUNNING);
            equal(answer.maxConcurrency(), 1);
            equal(answer.itemCounts().total(), 3L);
            raises(ResourceNotFoundException.class, () -> client.describeMapRun(r -> r.mapRunArn(run + "x")));
        });

        step("UpdateMapRun", () -> {
            client.updateMapRun(r -> r.mapRunArn(run).maxConcurrency(3).toleratedFailurePercentage(12.5f));
            DescribeMapRunResponse answer = client.describeMapRun(r -> r.mapRunArn(run));
            equal(answer.maxConcurrency(), 3);
            equal(answer.toleratedFailurePercentage(), 12.5f);
            List<ExecutionListItem> children = until(() -> {
                List<ExecutionListItem> now = client.listExecutionsPaginator(r -> r.mapRunArn(run).maxResults(2)).executions().stream().toList();
                return now.size() == 3 ? now : null;
            });
            equal(client.describeStateMachineForExecution(r -> r.executionArn(children.get(0).executionArn())).label(), "Each");
            client.stopExecution(r -> r.executionArn(mapped));
            raises(ValidationException.class, () -> client.updateMapRun(r -> r.mapRunArn(run).maxConcurrency(1)));
        });

        step("StartSyncExecution", () -> {
            StartSyncExecutionResponse answer = client.startSyncExecution(r -> r.stateMachineArn(machine("quote")).input("{\"n\": 4}"));
            equal(answer.status(), SyncExecutionStatus.SUCCEEDED);
            equal(answer.output(), "{\"n\":4}");
            recent(answer.stopDate());
            raises(StateMachineTypeNotSupportedException.class, () -> client.startSyncExecution(r -> r.stateMachineArn(CHECK)));
        });

        step("TestState", () -> {
            TestStateResponse answer = client.testState(r -> r.definition("{\"Type\": \"Pass\", \"Parameters\": {\"b.$\": \"$.a\"}, \"Next\": \"Two\"}")
                    .input("{\"a\": 1}").inspectionLevel(InspectionLevel.DEBUG));
            equal(answer.status(), TestExecutionStatus.SUCCEEDED);
            equal(List.of(answer.output(), answer.nextState(), answer.inspectionData().afterParameters()), List.of("{\"b\":1}", "Two", "{\"b\":1}"));
        });

        step("PublishStateMachineVersion", () -> {
            PublishStateMachineVersionResponse answer = client.publishStateMachineVersion(r -> r.stateMachineArn(CHECK).description("the first"));
            equal(answer.stateMachineVersionArn(), CHECK + ":1");
            recent(answer.creationDate());
            raises(ConflictException.class, () -> client.publishStateMachineVersion(r -> r.stateMachineArn(CHECK).revisionId("another")));
        });

        step("UpdateStateMachine", () -> {
            String definition = definition("check") + " ";
            UpdateStateMachineResponse answer = client.updateStateMachine(r -> r.stateMachineArn(CHECK).definition(definition).publish(true));
            equal(answer.stateMachineVersionArn(), CHECK + ":2");
            recent(answer.updateDate());
            raises(MissingRequiredParameterException.class, () -> client.updateStateMachine(r -> r.stateMachineArn(CHECK)));
        });

        step("ListStateMachineVersions", () -> equal(client.listStateMachineVersions(r -> r.stateMachineArn(CHECK)).stateMachineVersions().stream()
                .map(StateMachineVersionListItem::stateMachineVersionArn).toList(), List.of(CHECK + ":2", CHECK + ":1")));

        List<RoutingConfigurationListItem> routes = List.of(route(1, 25), route(2, 75));
        step("CreateStateMachineAlias", () -> {
            CreateStateMachineAliasResponse answer = client.createStateMachineAlias(r -> r.name("live").routingConfiguration(route(1, 100)));
            equal(answer.stateMachineAliasArn(), CHECK + ":live");
            recent(answer.creationDate());
        });

        step("UpdateStateMachineAlias", () -> {
            recent(client.updateStateMachineAlias(r -> r.stateMachineAliasArn(CHECK + ":live").routingConfiguration(routes)).updateDate());
            raises(ResourceNotFoundException.class, () -> client.updateStateMachineAlias(r -> r.stateMachineAliasArn(CHECK + ":none").description("d")));
        });

        step("DescribeStateMachineAlias", () -> equal(client.describeStateMachineAlias(r -> r.stateMachineAliasArn(CHECK + ":live")).routingConfiguration(), routes));

        step("ListStateMachineAliases", () -> equal(client.listStateMachineAliases(r -> r.stateMachineArn(CHECK)).stateMachineAliases().stream()
                .map(StateMachineAliasListItem::stateMachineAliasArn).toList(), List.of(CHECK + ":live")));

        step("DeleteStateMachineVersion", () -> raises(ConflictException.class, () -> client.deleteStateMachineVersion(r -> r.stateMachineVersionArn(CHECK + ":1"))));

        step("DeleteStateMachineAlias", () -> client.deleteStateMachineAlias(r -> r.stateMachineAliasArn(CHECK + ":live")));

        step("DeleteStateMachineVersion", () -> {
            client.deleteStateMachineVersion(r -> r.stateMachineVersionArn(CHECK + ":1"));
            equal(client.listStateMachineVersions(r -> r.stateMachineArn(CHECK)).stateMachineVersions().size(), 1);
        });

        step("DeleteStateMachine", () -> {
            for (String name : List.of("check", "work", "callback", "each", "quote")) {
                client.deleteStateMachine(r -> r.stateMachineArn(machine(name)));
            }
            equal(client.listStateMachines().stateMachines().size(), 0);
            raises(InvalidArnException.class, () -> client.deleteStateMachine(r -> r.stateMachineArn("check")));
        });
    }

    static RoutingConfigurationListItem route(int version, int weight) {
        return RoutingConfigurationListItem.builder().stateMachineVersionArn(CHECK + ":" + version).weight(weight).build();
    }
}
