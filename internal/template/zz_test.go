package template_test
import ("testing";"math/rand";"os";"path/filepath";"time";"fmt";"github.com/aslocal/aslocal/asl";"github.com/aslocal/aslocal/internal/template")
func TestZZ(t *testing.T){
 files, _ := filepath.Glob(templates + "/*/*.*")
 r := rand.New(rand.NewSource(1))
 end := time.Now().Add(12*time.Second)
 n:=0
 for time.Now().Before(end) {
  for _, f := range files {
   src, _ := os.ReadFile(f)
   if len(src)==0 {continue}
   for k:=r.Intn(4); k>=0; k-- {
    i := r.Intn(len(src)); j := i+r.Intn(min(20,len(src)-i)+1)
    switch r.Intn(3) { case 0: src = append(src[:i:i], src[j:]...); case 1: src=append(append(src[:i:i], src[i:j]...), src[i:]...); case 2: if i<len(src) {src[i]="{}$\"':[]\n -#!&*|>%"[r.Intn(19)]} }
    if len(src)==0 {break}
   }
   name := "a.json"; if r.Intn(4)>0 {name="a.yaml"}
   os.WriteFile("/tmp/t/last", append([]byte(name+"\n"), src...), 0o644)
   s := time.Now()
   for _, m := range template.Read(name, src, template.Options{}).Machines { m.Validate(asl.Options{}) }
   if d := time.Since(s); d > 300*time.Millisecond { fmt.Println("slow", f, d) }
   n++
  }
 }
 fmt.Println(n)
}
